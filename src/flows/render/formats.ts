import { extname } from 'node:path';
import { ConfigurationError } from '../../shared/configuration-error.js';
import { printable } from '../../shared/printable.js';
import type { FlowDocument } from '../trace/trace.js';

/** How a flow is rendered, where the format leaves a choice. */
export interface RenderOptions {
  /** columns, for text; 80 if nothing is known */
  readonly width?: number;
  /** whether text is coloured; it is not unless said so */
  readonly colour?: boolean;
  /** all headers, whole bodies, and every check, for text */
  readonly verbose?: boolean;
  /** only the diagram and the verdict, for text */
  readonly quiet?: boolean;
  /** whether the titles of sections are links, in the way of terminals (OSC 8) */
  readonly links?: boolean;
  /** whether text may have other characters than ASCII; it may unless said otherwise */
  readonly unicode?: boolean;
}

type Renderer = (document: FlowDocument, options: RenderOptions) => string;

interface Format {
  /** of the files that hold it; in lower case, with the dot */
  readonly extensions: readonly string[];
  /** Loads the renderer: a run that does not need it does not wait for it. */
  readonly load: () => Promise<Renderer>;
}

/** Every form that a flow can be rendered in. */
const FORMATS = {
  text: { extensions: ['.txt', '.log'], load: async () => (await import('./text.js')).renderText },
  json: { extensions: ['.json'], load: async () => (await import('./json.js')).renderJson },
  markdown: {
    extensions: ['.md', '.markdown'],
    load: async () => (await import('./markdown/markdown.js')).renderMarkdown,
  },
  html: {
    extensions: ['.html', '.htm'],
    load: async () => (await import('./html/page.js')).renderHtml,
  },
  mermaid: {
    extensions: ['.mmd', '.mermaid'],
    load: async () => {
      const { renderMermaid } = await import('./mermaid.js');
      return (document) => renderMermaid(document);
    },
  },
  har: { extensions: ['.har'], load: async () => (await import('./har.js')).renderHar },
  junit: { extensions: ['.xml'], load: async () => (await import('./junit.js')).renderJunit },
  sarif: { extensions: ['.sarif'], load: async () => (await import('./sarif.js')).renderSarif },
} as const satisfies Readonly<Record<string, Format>>;

/** The name of a form that a flow can be rendered in. */
export type FormatId = keyof typeof FORMATS;

/** The names of all formats, in the order in which they are listed. */
export const FORMAT_IDS = Object.keys(FORMATS) as readonly FormatId[];

/**
 * Renders a flow that has ended, live or read from a file.
 *
 * @returns a text that ends with a line end
 */
export async function renderFlow(
  format: FormatId,
  document: FlowDocument,
  options: RenderOptions = {},
): Promise<string> {
  const render: Renderer = await FORMATS[format].load();
  return render(document, options);
}

/**
 * The format to render in: the one that was asked for, else the one that the name of the file tells, else text.
 *
 * @param file path of the file that is to be written, if there is one; `-` is stdout
 * @throws ConfigurationError if the name of the file tells no format
 */
export function formatFor(asked: FormatId | undefined, file: string | undefined): FormatId {
  if (asked !== undefined) return asked;
  if (file === undefined || file === '-') return 'text';
  const extension = extname(file).toLowerCase();
  const told = FORMAT_IDS.find((id) => extensionsOf(id).includes(extension));
  if (told !== undefined) return told;
  throw new ConfigurationError(
    'output',
    `the name ${printable(file, 200)} does not tell the format: let it end with ` +
      `${FORMAT_IDS.flatMap(extensionsOf).join(' ')}, or add --format`,
  );
}

function extensionsOf(id: FormatId): readonly string[] {
  return FORMATS[id].extensions;
}
