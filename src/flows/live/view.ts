import { html, type Markup } from '../render/html/markup.js';
import type { Watch } from '../watch/watch.js';
import type { WatchedFlow } from '../watch/watched-flow.js';
import { leverNotice, leverSection } from './lever-forms.js';
import type { LeverDesk } from './levers.js';
import { clientList, flowList } from './lists.js';
import { type Piece, type SentPiece, sentPiece } from './piece.js';
import { hrefOf, type Selection, shownFlow } from './selection.js';
import type { Viewer } from './viewers.js';
import { counted } from './words.js';

/** What the page is about. */
export interface Watched {
  readonly watch: Watch;
  /** how many exchanges were served without being recorded, since they were too many at once */
  readonly skipped: () => number;
  /** the pieces that show one flow */
  readonly piecesOf: (flow: WatchedFlow) => readonly Piece[];
  readonly levers: Pick<LeverDesk, 'offered' | 'notice'>;
}

/** All that the page shows of a selection to somebody, from top to bottom. */
export async function viewOf(
  { watch, skipped, piecesOf, levers }: Watched,
  selection: Selection,
  viewer: Viewer,
): Promise<readonly SentPiece[]> {
  const flow = shownFlow(watch, selection);
  const clientId = flow?.clientId ?? selection.client;
  const result = selection.notice === undefined ? undefined : levers.notice(selection.notice);
  const pieces: readonly Piece[] = [
    { slot: 'notes', id: 'notes', content: notes(skipped()) },
    { slot: 'clients', id: 'clients', content: clientList(watch, selection) },
    { slot: 'flows', id: 'flows', content: flowList(watch, selection, flow?.id) },
    ...(result === undefined ? [] : [{ slot: 'flow' as const, id: 'notice', content: leverNotice(result) }]),
    ...(flow === undefined
      ? [{ slot: 'flow' as const, id: 'no-flow', content: noFlow(selection) }]
      : piecesOf(flow)),
    ...(clientId === undefined
      ? []
      : [
          {
            slot: 'flow' as const,
            id: `${flow?.id ?? 'no'}-levers`,
            content: leverSection({
              clientId,
              offered: await levers.offered(clientId),
              csrfToken: viewer.csrfToken,
              issuer: flow?.issuer,
            }),
          },
        ]),
  ];
  return pieces.map(sentPiece);
}

function notes(skipped: number): Markup {
  return skipped === 0
    ? html``
    : html`<p class="warn">
        ${counted(skipped, 'exchange')} came faster than they are recorded: served, and not shown here.
      </p>`;
}

function noFlow({ flow, client }: Selection): Markup {
  if (flow !== undefined) {
    return html`<section class="empty">
      <h2>There is no flow ${flow} here</h2>
      <p>
        It was forgotten to make room, or the server has been restarted.
        <a href="${hrefOf({ client })}">See the newest</a>.
      </p>
    </section>`;
  }
  return html`<section class="empty">
    <h2>${client === undefined ? 'No client has come yet' : 'No flow of this client is kept'}</h2>
    <p>
      ${client === undefined ? 'Connect a client to the MCP server' : 'Connect it again'}: what it asks and
      what it is told appears here as it happens.
    </p>
    <p>For one that always works, run <code>npx mcp-oauth-demo inspect-flow</code>.</p>
  </section>`;
}
