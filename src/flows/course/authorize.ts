import { FlowFailure } from '../failure.js';
import type { Run } from '../runner.js';
import { requestAuthorization } from '../steps/authorization.js';
import { readCallback } from '../steps/callback.js';
import type { ClientFacts } from '../registration/client.js';
import { leaveCredentials } from '../registration/former-server.js';
import {
  authorizationEndpointOf,
  type AuthorizationServerFacts,
} from '../steps/authorization-server-metadata.js';
import { requestOwnToken } from '../steps/client-credentials.js';
import { obtainClient, type RegistrationWatch, replaceLostClient } from '../steps/registration.js';
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
}

/** How the client comes by a token, as often as it needs one. */
interface Grant {
  /** where a user is sent back to; undefined if none is asked */
  readonly redirectUri: string | undefined;
  obtainToken(asking: Asking): Promise<TokenFacts>;
}

/** A client that has a token, and what it takes to get another one. */
export interface Authorized extends Asking {
  readonly discovered: Discovered;
  readonly token: TokenFacts;
  readonly grant: Grant;
}

/**
 * From the metadata to a token: a client_id, and the grant.
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
  const grant =
    run.plan.grant === 'client_credentials'
      ? clientCredentials(run, discovered)
      : await authorizationCode(run, discovered);
  run.progress.codesRedeemed = 0;
  const { client, scope } = await run.step('registration', async (context) => {
    if (movedFrom) leaveCredentials(context, { from: movedFrom, to: server });
    const wanted = selectScope(context, scopes);
    const input = { server, redirectUri: grant.redirectUri, scope: wanted };
    return { client: await obtainClient(context, input, watchOf(run)), scope: wanted };
  });
  run.progress.client = client;
  return obtainToken(run, { discovered, client, scope, grant });
}

/** A remembered client that the authorization server has lost is replaced, once: the new one is not remembered. */
async function obtainToken(run: Run, asking: Omit<Authorized, 'token'>): Promise<Authorized> {
  try {
    return { ...asking, token: await asking.grant.obtainToken(asking) };
  } catch (error) {
    const isLost =
      error instanceof FlowFailure && error.clientRefused && asking.client.origin === 'remembered';
    if (!isLost) throw error;
    return obtainToken(run, { ...asking, client: await replaceClient(run, asking, error.message) });
  }
}

/** @param why what the authorization server said of the client that it has lost */
async function replaceClient(
  run: Run,
  { discovered: { server }, client: lost, scope, grant }: Omit<Authorized, 'token'>,
  why: string,
): Promise<ClientFacts> {
  const input = { server, redirectUri: grant.redirectUri, scope };
  const client = await run.step('registration', (context) =>
    replaceLostClient(context, input, watchOf(run), { lost, why }),
  );
  run.progress.client = client;
  run.progress.codesRedeemed = 0;
  return client;
}

/** What the run keeps of a registration, for the verdict and for the clean-up. */
function watchOf({ progress }: Run): RegistrationWatch {
  return {
    considered: (precedence) => void (progress.precedence = precedence),
    hosted: (document) => void progress.hostedDocuments.push(document),
    registered: (registration) => void progress.leftBehind.push(registration),
  };
}

/**
 * Gets another token for a client that has one already, with another scope.
 *
 * @throws FlowFailure where it can't go on
 */
export function authorizeAgain(run: Run, authorized: Authorized, scope: string): Promise<Authorized> {
  return obtainToken(run, { ...authorized, scope });
}

/** A user signs in and agrees. */
async function authorizationCode(run: Run, discovered: Discovered): Promise<Grant> {
  const { server } = discovered;
  const userAgent = await run.deps.openUserAgent(authorizationEndpointOf(server.metadata));
  await run.progress.userAgent?.close();
  run.progress.userAgent = userAgent;
  return {
    redirectUri: userAgent.redirectUri,
    obtainToken: (asking) => authorizeWithBrowser(run, discovered, asking, userAgent),
  };
}

/** The client acts for itself. */
function clientCredentials(run: Run, { server, resource }: Discovered): Grant {
  return {
    redirectUri: undefined,
    obtainToken: ({ client, scope }) => {
      for (const id of ['authorization', 'callback'] as const) {
        if (!run.progress.ended.has(id)) run.skip(id, 'the client acts for itself, and no user is asked');
      }
      return run.step('token', (context) => requestOwnToken(context, { server, client, resource, scope }));
    },
  };
}

/** The authorization code grant, once there is a client. */
async function authorizeWithBrowser(
  run: Run,
  { server, resource }: Discovered,
  { client, scope }: Asking,
  userAgent: UserAgent,
): Promise<TokenFacts> {
  const authorization = await run.step('authorization', (context) =>
    requestAuthorization(context, { server, client, resource, scope, userAgent }),
  );
  const code = await run.step('callback', (context) =>
    readCallback(context, { server, authorization, clientGiven: client.origin !== 'registered' }),
  );
  const token = await run.step('token', (context) =>
    redeemCode(context, { server, client, authorization, code, resource, scope }),
  );
  run.progress.codesRedeemed += 1;
  return token;
}
