import type { FlowDocument } from '../trace/trace.js';
import { jsonText } from './json-text.js';

/** The one document of `--json`. */
export function renderJson(document: FlowDocument): string {
  return jsonText(document);
}
