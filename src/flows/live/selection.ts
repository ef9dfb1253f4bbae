import type { Watch } from '../watch/watch.js';
import type { WatchedFlow } from '../watch/watched-flow.js';

/** What somebody who looks at the page wants to see. */
export interface Selection {
  /** only the flows of this client_id; undefined for all */
  readonly client: string | undefined;
  /** id of the flow that is shown; undefined for the newest one, whichever that is */
  readonly flow: string | undefined;
  /** the list goes on below this flow; undefined from the newest on */
  readonly before: string | undefined;
  /** of what somebody has just done to a client; undefined for nothing */
  readonly notice: string | undefined;
}

/** Ids of flows, as `f12`. */
export const FLOW_ID = /^f[1-9]\d{0,9}$/;

/** No client_id that a server here takes is longer. */
const MAX_CLIENT_ID = 2048;

/** Reads it from the query of `/flows`; what makes no sense there counts as not given. */
export function selectionOf(query: URLSearchParams): Selection {
  const client = query.get('client')?.trim() ?? '';
  return {
    client: client === '' || client.length > MAX_CLIENT_ID ? undefined : client,
    flow: flowIdOf(query.get('flow')),
    before: flowIdOf(query.get('before')),
    notice: query.get('notice') ?? undefined,
  };
}

function flowIdOf(text: string | null): string | undefined {
  return text !== null && FLOW_ID.test(text) ? text : undefined;
}

/** The page's address for a selection. */
export function hrefOf({ client, flow, before }: Partial<Selection>): string {
  const query = new URLSearchParams({
    ...(client !== undefined && { client }),
    ...(flow !== undefined && { flow }),
    ...(before !== undefined && { before }),
  });
  return query.size === 0 ? '/flows' : `/flows?${query}`;
}

/** The flows that a selection leaves, the newest first. */
export function flowsIn(watch: Watch, { client }: Selection): readonly WatchedFlow[] {
  const flows = watch.flows();
  return client === undefined ? flows : flows.filter(({ clientId }) => clientId === client);
}

/** The flow that is shown, if there is one. */
export function shownFlow(watch: Watch, selection: Selection): WatchedFlow | undefined {
  return selection.flow === undefined ? flowsIn(watch, selection)[0] : watch.flow(selection.flow);
}
