import type { Followed } from '../../follow/follow-servers.js';
import type { WatchEvent } from '../../watching.js';

/** What is to be known of the servers, a sentence; for stderr. */
export function serverLine(event: Extract<WatchEvent, { type: 'server' | 'alone' }>): string {
  if (event.type === 'alone') {
    return `The authorization server is not watched, since it could not be found: ${event.why}.`;
  }
  const { server, state, detail, skipped } = event;
  const who = `${server.server === 'as' ? 'The authorization server' : 'The MCP server'} ${server.url}`;
  return `${who} ${SENTENCES[state](detail)}.${
    skipped > 0 ? ` It served ${skipped} exchanges without recording them: there were too many at once.` : ''
  }`;
}

type State = Extract<Followed, { type: 'server' }>['state'];

const SENTENCES: Readonly<Record<State, (detail: string) => string>> = {
  connected: () => 'is watched',
  back: () => 'is back',
  restarted: () => 'was started anew, and is watched again',
  lost: (detail) => `is waited for: ${detail}`,
  absent: (detail) =>
    `shows no flows (${detail}): it is not one of mcp-oauth-demo, or not in demo mode and without --flows-token, or was` +
    ' started with --no-flows. To watch it nevertheless: inspect-flow watch --proxy',
  refused: (detail) =>
    `shows its flows to whoever has its token (${detail}): give --flows-token, or MCP_OAUTH_DEMO_FLOWS_TOKEN`,
};
