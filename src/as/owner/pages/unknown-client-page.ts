import { html } from 'hono/html';
import type { AdoptionFault } from '../../clients/adoption.js';
import type { Markup, Page } from './page.js';

/** What the page about an unknown client shows. */
export interface UnknownClientFacts {
  readonly clientId: string;
  /** the program that the redirect URI points to, e.g. `VS Code` */
  readonly looksLike?: string | undefined;
  /** whether this server would adopt unknown clients if it were told to */
  readonly demoMode: boolean;
  /** whether clients can register by themselves */
  readonly dcr: boolean;
  /** whether clients can be configured */
  readonly preset: boolean;
  /** stable reason code of the refusal */
  readonly reason: string;
}

const WHY_NOT_ADOPTED = {
  client_unknown: 'Clients that are not known are refused here.',
  client_id_is_url:
    'It is the address of a client metadata document, and this server does not read any: cimd is not in its --registration.',
  adoption_needs_pkce: 'An unknown client is taken in only if it uses PKCE, and this one does not.',
  adoption_needs_loopback_redirect_uri:
    'An unknown client is taken in only if it leads back to this machine or to a known editor, and this one does not.',
  client_deleted: 'There was such a client, and it has deleted its registration.',
} satisfies Record<AdoptionFault | 'client_deleted', string>;

const WHY_BY_REASON: ReadonlyMap<string, string> = new Map(Object.entries(WHY_NOT_ADOPTED));

/** How the users of each client get rid of the id that it has kept. */
const REMEDIES: readonly (readonly [string, Markup])[] = [
  [
    'VS Code',
    html`run the command <strong>Authentication: Remove Dynamic Authentication Providers</strong>, choose the
      entry of this server, and start the MCP server again. Signing out is not enough.`,
  ],
  [
    'MCP Inspector',
    html`choose <strong>Clear OAuth state and disconnect</strong>, or <code>--relogin</code> on its command
      line; in version 1, <strong>Clear OAuth State</strong> or a new browser tab.`,
  ],
  ['Claude Code', html`run <code>claude mcp login</code> with the name of the server.`],
  ['Cursor', html`remove the server from the MCP settings and add it again.`],
  ['mcp-remote', html`delete its folder: <code>rm -rf ~/.mcp-auth</code>.`],
];

/** Explains an unknown client_id to the person who can do something about it. */
export function unknownClientPage({
  clientId,
  looksLike,
  demoMode,
  dcr,
  preset,
  reason,
}: UnknownClientFacts): Page {
  const sorted = [...REMEDIES].sort(([a], [b]) => Number(b === looksLike) - Number(a === looksLike));
  return {
    title: 'Unknown client',
    status: 400,
    body: html`
      <h1>This client is not known here</h1>
      <p class="bad" role="alert">
        Your client came with the client_id <code>${clientId}</code>, which this authorization server does not
        know. ${WHY_BY_REASON.get(reason) ?? ''}
      </p>
      ${
        reason === 'client_deleted' || reason === 'client_id_is_url'
          ? ''
          : dcr
            ? html`<p>
                Most likely the client registered here earlier and has kept its <code>client_id</code>, and
                this server has been restarted since and has forgotten it. The client can't notice that by
                itself, as nothing on this page reaches it.
              </p>`
            : html`<p>
                Clients can't register here by themselves, so this id is from another server, or from a time
                when they could.
              </p>`
      }
      ${looksLike ? html`<p>It looks like <strong>${looksLike}</strong>.</p>` : ''}
      <h2>Make your client ${dcr ? 'register again' : 'forget the id'}</h2>
      <ul>
        ${sorted.map(([name, remedy]) => html`<li><strong>${name}</strong>: ${remedy}</li>`)}
      </ul>
      ${reason === 'adoption_needs_pkce' ? '' : makeKnown({ clientId, demoMode, preset, reason })}
      ${
        demoMode && dcr && reason === 'client_unknown'
          ? html`<p>
              <code>--unknown-clients=reregister</code> makes clients such as VS Code register again by
              themselves; with <code>--epoch second</code> every client does.
            </p>`
          : ''
      }
    `,
  };
}

/** What the operator can do. It is of no use to a client without PKCE, which is for every client to have. */
function makeKnown({
  clientId,
  demoMode,
  preset,
  reason,
}: Pick<UnknownClientFacts, 'clientId' | 'demoMode' | 'preset' | 'reason'>): Markup {
  const redirectUri = reason === 'adoption_needs_loopback_redirect_uri' ? '=<redirect_uri>' : '';
  const alsoPreset = preset ? '' : html` and with <code>preset</code> in its <code>--registration</code>`;
  const orAdopt =
    demoMode && reason === 'client_unknown' ? html`, or with <code>--unknown-clients=adopt</code>` : '';
  return html`
    <h2>Or make the id known</h2>
    <p>
      If you run this server, start it with
      <code>--client ${pasteable(clientId)}${redirectUri}</code>${alsoPreset}${orAdopt}.
    </p>
  `;
}

/** The id as a word of a command line; one that a shell would read otherwise is not offered for pasting. */
function pasteable(clientId: string): string {
  return /^[\w.-]+$/.test(clientId) ? clientId : '<id>';
}
