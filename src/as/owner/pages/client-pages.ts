import { html } from 'hono/html';
import type { ClientRecord } from '../../store/records.js';
import { fact } from './facts.js';
import type { Markup } from './page.js';

/** The members of client metadata that lead to a page about the client. */
const PAGES = [
  ['client_uri', 'Its website'],
  ['tos_uri', 'Its terms of service'],
  ['policy_uri', 'Its privacy policy'],
] as const;

/** Addresses are cut here: what matters, the host, comes first. */
const MAX_SHOWN_LENGTH = 120;

/**
 * The pages about a client that it names. Anybody can name anybody's: only a page at the host of its metadata document,
 * or at one that its users are sent back to, is a link; any other address is text.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-2 RFC 7591 §2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-5 RFC 7591 §5}
 */
export function clientPages({ client_id, origin, metadata }: ClientRecord): Markup {
  const own = [...(metadata.redirect_uris ?? []), ...(origin === 'cimd' ? [client_id] : [])];
  const rows = PAGES.flatMap(([member, term]) => {
    const page = URL.parse(metadata[member] ?? '');
    return page ? [fact(term, address(page, own))] : [];
  });
  return html`${rows}`;
}

function address(page: URL, own: readonly string[]): Markup {
  const { origin, pathname, search } = page;
  // Without user information, which could pass for a host.
  const href = origin + pathname + search;
  const shown = href.length > MAX_SHOWN_LENGTH ? `${href.slice(0, MAX_SHOWN_LENGTH)}…` : href;
  return own.some((uri) => hasSameHost(page, uri))
    ? html`<a href="${href}" target="_blank" rel="noopener noreferrer nofollow">${shown}</a>`
    : html`<code>${shown}</code> <span class="quiet">(nobody has checked that it is the client’s)</span>`;
}

function hasSameHost(page: URL, uri: string): boolean {
  const { protocol, hostname } = new URL(uri);
  return page.protocol === protocol && page.hostname === hostname;
}
