import { type FormatId, renderFlow } from '../render/formats.js';
import type { FlowDocument } from '../trace/trace.js';
import type { WatchedFlow } from '../watch/watched-flow.js';
import { FLOW_ID } from './selection.js';

/** A form in which a flow can be taken along. */
export interface ExportForm {
  readonly extension: string;
  readonly name: string;
  readonly format: FormatId;
  readonly type: string;
}

/** The forms in which a flow can be taken along. */
export const EXPORT_FORMS: readonly ExportForm[] = [
  { extension: 'json', name: 'JSON', format: 'json', type: 'application/json' },
  { extension: 'har', name: 'HAR', format: 'har', type: 'application/json' },
  { extension: 'mmd', name: 'Mermaid', format: 'mermaid', type: 'text/plain; charset=utf-8' },
  { extension: 'html', name: 'HTML', format: 'html', type: 'text/html; charset=utf-8' },
  { extension: 'md', name: 'Markdown', format: 'markdown', type: 'text/markdown; charset=utf-8' },
];

/** The report has its own policy inside, which names the hash of its style; this one goes around it. */
const REPORT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * A flow as a file.
 *
 * @param file as `f12.har`
 * @returns undefined if there is no such flow or form
 */
export async function exportOf(
  file: string,
  find: (id: string) => WatchedFlow | undefined,
  documentOf: (flow: WatchedFlow) => FlowDocument,
): Promise<Response | undefined> {
  const [id = '', extension, more] = file.split('.');
  const form = EXPORT_FORMS.find((one) => one.extension === extension);
  const flow = FLOW_ID.test(id) ? find(id) : undefined;
  if (form === undefined || flow === undefined || more !== undefined) return undefined;
  const text = await renderFlow(form.format, documentOf(flow));
  const isPage = form.format === 'html';
  return new Response(text, {
    headers: {
      'content-type': form.type,
      'content-disposition': `${isPage ? 'inline' : 'attachment'}; filename="${id}.${form.extension}"`,
      'content-security-policy': isPage ? REPORT_POLICY : "default-src 'none'; frame-ancestors 'none'",
    },
  });
}
