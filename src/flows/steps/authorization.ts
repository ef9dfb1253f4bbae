import { s256Challenge } from '../../shared/oauth/pkce.js';
import { checkSignIn } from '../checks/sign-in.js';
import type { StepContext } from '../context.js';
import type { HttpExchange } from '../exchange/exchange.js';
import { FlowFailure } from '../failure.js';
import { whyNotAsked } from '../exchange/reach.js';
import { resourceParameter } from '../specification/revisions.js';
import { SPEC } from '../specification/spec.js';
import { capitalised } from '../../shared/words.js';
import type { UserAgent } from '../user-agent/user-agent.js';
import { authorizationEndpointOf, type AuthorizationServerFacts } from './authorization-server-metadata.js';
import type { ClientFacts } from '../registration/client.js';

/** What the authorization request is made of, and who takes it there. */
export interface AuthorizationInput {
  readonly server: AuthorizationServerFacts;
  readonly client: ClientFacts;
  /** undefined where the parameter is not to be sent */
  readonly resource: string | undefined;
  readonly scope: string | undefined;
  readonly userAgent: UserAgent;
}

/** What the client keeps of its request, to hold the answer against it. */
export interface AuthorizationFacts {
  readonly state: string;
  readonly codeVerifier: string;
  readonly redirectUri: string;
  /** the redirect URI with the answer, as the user agent was sent to it */
  readonly callback: string;
}

/**
 * Sends the user agent to the authorization endpoint and waits until it comes back.
 *
 * @throws FlowFailure if it does not come back
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1 RFC 6749 §4.1.1}
 */
export async function requestAuthorization(
  context: StepContext,
  { server, client, resource, scope, userAgent }: AuthorizationInput,
): Promise<AuthorizationFacts> {
  const { random, signal } = context.deps;
  // A browser would go there without asking anybody.
  const endpoint = authorizationEndpointOf(server.metadata);
  const fault = await whyNotAsked(endpoint, context.plan.target, context.deps.resolve);
  if (fault !== undefined) {
    throw new FlowFailure(`the authorization_endpoint ${endpoint} is not opened: ${fault}`);
  }
  const codeVerifier = random.token(32);
  const state = random.token(16);
  const { redirectUri } = userAgent;
  const url = withParameters(endpoint, {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    code_challenge: s256Challenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    ...(scope !== undefined && { scope }),
    ...resourceParameter(resource),
  });
  context.decide(
    'Sends the user to the authorization endpoint with a fresh code_challenge and state',
    'the verifier stays here until the token request, so that a stolen code is worth nothing; the state ties the' +
      ' answer to this request',
    SPEC.codeProtection,
  );
  if (resource !== undefined) {
    context.decide(
      `Names the resource ${resource}`,
      context.plan.resource === undefined
        ? 'the token shall be good for this server and no other; it is sent whether or not the authorization server knows it'
        : 'its user wants this one (--resource)',
      SPEC.resourceParameter,
    );
  }
  context.decide(
    `${capitalised(userAgent.how)}; the answer comes to ${redirectUri}`,
    "a program on the user's machine is answered on loopback, at any free port",
    SPEC.nativeRedirect,
  );
  context.identify('redirect_uri', redirectUri, 'redirect_uri of the authorization request');
  if (resource !== undefined) {
    context.identify('resource', resource, 'resource of the authorization request');
  }
  context.frontChannel('authorization-request', url);
  const exchanges: HttpExchange[] = [];
  const outcome = await userAgent.visit(url, {
    send: async (request) => {
      const exchange = await context.send(request, { from: 'browser' });
      exchanges.push(exchange);
      return exchange;
    },
    signal,
  });
  context.report(checkSignIn(exchanges, redirectUri));
  if (outcome.kind === 'stopped') {
    throw new FlowFailure(outcome.reason, {
      clientRefused: outcome.clientRefused && client.origin !== 'registered',
    });
  }
  return { state, codeVerifier, redirectUri, callback: outcome.url };
}

/** Adds parameters to an endpoint, whose own query stays. */
function withParameters(endpoint: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
