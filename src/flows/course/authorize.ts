import type { Run } from '../runner.js';
import { requestAuthorization } from '../steps/authorization.js';
import { readCallback } from '../steps/callback.js';
import type { ClientFacts } from '../registration/client.js';
import { leaveCredentials } from '../registration/former-server.js';
import type { AuthorizationServerFacts } from '../steps/authorization-server-metadata.js';
import { considerWays, obtainClient } from '../steps/registration.js';
import { selectScope } from '../steps/scope.js';
import type { TokenFacts } from '../steps/token-request.js';
import { redeemCode } from '../steps/token.js';
import type { UserAgent } from '../user-agent/user-agent.js';
import type { Discovered } from './discover.js';

/** What the client asks for, and as whom. */
interface Asking {
  readonly client: ClientFacts;
  /** undefined leaves the parameter out */
  readonly scope: string | undefined;
  readonly userAgent: UserAgent;
}

/** A client that has a token, and what it takes to get another one. */
export interface Authorized extends Asking {
  readonly discovered: Discovered;
  readonly token: TokenFacts;
}

/**
 * From the metadata to a token: a client_id, the user's agreement, the code.
 *
 * @param movedFrom the authorization server that was in charge until now, if there was another
 * @throws FlowFailure where it can't go on
 */
export async function authorize(
  run: Run,
  discovered: Discovered,
  movedFrom?: AuthorizationServerFacts,
): Promise<Authorized> {
  const { server, scopes } = discovered;
  const userAgent = await run.deps.openUserAgent(server.authorizationEndpoint);
  await run.progress.userAgent?.close();
  run.progress.userAgent = userAgent;
  const precedence = considerWays(run.plan, run.progress.rules, server);
  run.progress.precedence = precedence;
  run.progress.codesRedeemed = 0;
  const { client, scope } = await run.step('registration', async (context) => {
    if (movedFrom) leaveCredentials(context, { from: movedFrom, to: server });
    const wanted = selectScope(context, scopes);
    const input = { server, redirectUri: userAgent.redirectUri, scope: wanted };
    return { client: await obtainClient(context, precedence, input), scope: wanted };
  });
  run.progress.client = client;
  return authorizeFor(run, discovered, { client, scope, userAgent });
}

/**
 * Gets another token for a client that has one already, with another scope.
 *
 * @throws FlowFailure where it can't go on
 */
export function authorizeAgain(run: Run, authorized: Authorized, scope: string): Promise<Authorized> {
  const { discovered, client, userAgent } = authorized;
  return authorizeFor(run, discovered, { client, scope, userAgent });
}

async function authorizeFor(run: Run, discovered: Discovered, asking: Asking): Promise<Authorized> {
  const token = await authorizeWithBrowser(run, discovered, asking);
  run.progress.codesRedeemed += 1;
  return { ...asking, discovered, token };
}

/** The authorization code grant, once there is a client. */
async function authorizeWithBrowser(
  run: Run,
  { server, resource }: Discovered,
  { client, scope, userAgent }: Asking,
): Promise<TokenFacts> {
  const authorization = await run.step('authorization', (context) =>
    requestAuthorization(context, { server, client, resource, scope, userAgent }),
  );
  const code = await run.step('callback', (context) =>
    readCallback(context, { server, authorization, clientGiven: client.origin !== 'registered' }),
  );
  return run.step('token', (context) =>
    redeemCode(context, { server, client, authorization, code, resource, scope }),
  );
}
