import type { Run } from '../runner.js';
import { refreshTokens } from '../steps/refresh.js';
import type { Authorized } from './authorize.js';
import { peerOf } from './use-token.js';

/** The client after a refresh, or as it was where there was none. */
export interface Refreshed {
  readonly authorized: Authorized;
  /** true if the session was put to an end to see what reuse leads to */
  readonly ended: boolean;
}

/**
 * Uses the refresh token, if the plan wants that.
 *
 * @throws FlowFailure if it gets no new token
 */
export async function refresh(run: Run, authorized: Authorized): Promise<Refreshed> {
  if (!run.plan.refresh || run.plan.until === 'mcp-call') return { authorized, ended: false };
  const { token, client, discovered } = authorized;
  const { refreshToken } = token;
  if (refreshToken === undefined) {
    run.skip('refresh', whyNone(run, authorized));
    return { authorized, ended: false };
  }
  const { server, resource } = discovered;
  const facts = await run.step(
    'refresh',
    (context) =>
      refreshTokens(context, {
        server,
        client,
        resource,
        token,
        refreshToken,
        peerWith: (accessToken) => peerOf(run, { under: 'refresh' }, () => accessToken),
      }),
    ({ rotated, replayed }) =>
      (rotated ? 'the refresh token was replaced' : 'the refresh token stays the same') +
      (replayed ? '; the old one was presented again, so the session has ended' : ''),
  );
  return { authorized: { ...authorized, token: facts.token }, ended: facts.replayed };
}

function whyNone(run: Run, { discovered, scope }: Authorized): string {
  if (run.plan.grant === 'client_credentials') {
    return 'there is no refresh token: a client that acts for itself asks again instead';
  }
  const offered = discovered.server.metadata.scopes_supported?.includes('offline_access') === true;
  const asked = (scope ?? '').split(' ').includes('offline_access');
  return offered && !asked
    ? 'there is no refresh token; the authorization server issues them for the scope offline_access (add it to --scope)'
    : 'there is no refresh token: the authorization server does not issue one to this client (grant_types, or its policy)';
}
