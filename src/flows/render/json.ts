import type { FlowDocument } from '../trace.js';

/** The one document of `--json`, with a line end. JSON escapes what could steer a terminal, save for U+007F to U+009F. */
export function renderJson(document: FlowDocument): string {
  const text = JSON.stringify(document, null, 2);
  return `${text.replace(/[\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g, escaped)}\n`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
