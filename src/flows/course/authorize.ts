import type { Run } from '../runner.js';
import { requestAuthorization } from '../steps/authorization.js';
import { readCallback } from '../steps/callback.js';
import type { ClientFacts } from '../registration/client.js';
import { considerWays, obtainClient } from '../steps/registration.js';
import { selectScope } from '../steps/scope.js';
import type { TokenFacts } from '../steps/token-request.js';
import { redeemCode } from '../steps/token.js';
import type { UserAgent } from '../user-agent/user-agent.js';
import type { Discovered } from './discover.js';

/** The client, and what it asks for. */
interface Asking {
  readonly client: ClientFacts;
  readonly scope: string | undefined;
  readonly userAgent: UserAgent;
}

/**
 * From the metadata to a token: a client_id, the user's agreement, the code.
 *
 * @throws FlowFailure where it can't go on
 */
export async function authorize(run: Run, discovered: Discovered): Promise<TokenFacts> {
  const { server, scopes } = discovered;
  const userAgent = await run.deps.openUserAgent(server.authorizationEndpoint);
  run.progress.userAgent = userAgent;
  const precedence = considerWays(run.plan, server);
  run.progress.precedence = precedence;
  const { client, scope } = await run.step('registration', async (context) => {
    const wanted = selectScope(context, scopes);
    const input = { server, redirectUri: userAgent.redirectUri, scope: wanted };
    return { client: await obtainClient(context, precedence, input), scope: wanted };
  });
  run.progress.client = client;
  const token = await authorizeWithBrowser(run, discovered, { client, scope, userAgent });
  run.progress.codeRedeemed = true;
  return token;
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
