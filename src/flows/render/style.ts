import type { ChalkInstance } from 'chalk';

/** How the parts of the report are to look. */
export interface Style {
  readonly chalk: ChalkInstance;
  /** columns that a line of text may have */
  readonly width: number;
  /** all headers, whole bodies, every check, every URL */
  readonly verbose: boolean;
  /** the text, as a link to the URL where the terminal has links */
  readonly link: (text: string, url: string) => string;
}

/** More than the URL of any section has; terminals end what is much longer. */
const MAX_URL = 2000;

/**
 * A text that a terminal shows as a link.
 *
 * @param text fit for a terminal already
 * @param url of a section; one that is not http or https gives no link, for a saved trace can name any
 * @see {@link https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda OSC 8}
 */
export function hyperlink(text: string, url: string): string {
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.href.length > MAX_URL) return text;
  // What URL.parse has written is ASCII without control characters.
  return `\u001b]8;;${parsed.href}\u001b\\${text}\u001b]8;;\u001b\\`;
}
