import { type Parameters, parseParameters, readRawForm } from '../../shared/http/body.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { guessClient } from '../../shared/oauth/known-clients.js';
import { routeOf } from '../../shared/oauth/routes.js';
import { checkClient, checkRequest, isEchoable } from '../authorize-rules/index.js';
import type { FoundClient } from '../authorize-rules/client.js';
import { addClient } from '../clients/directory.js';
import { matchRedirectUri, type ValidatedRedirectUri } from '../clients/redirect-uris.js';
import { wayOfTelling } from '../clients/told-to-register.js';
import { usageOf } from '../clients/usage.js';
import type { AppContext, Endpoint } from '../front/app-env.js';
import { recogniseBrowser } from '../owner/browser.js';
import { needsConsent, sessionFor } from '../owner/next-step.js';
import { currentSession, type Session } from '../owner/session.js';
import { showLogin } from '../owner/show-login.js';
import type { Services } from '../services.js';
import type { AuthorizationRequest, ClientRecord } from '../store/records.js';
import { refuseToClient, refuseOnPage } from './authorize-refusal.js';
import { proceed, type SignedInRequest } from './proceed.js';

/**
 * The authorization endpoint. First it finds out who asks and where the answer goes; what is wrong until then is shown
 * to the person at the browser. What is wrong after that is for the client. A request that passes leads to the login, or
 * past it.
 *
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-4.1.1 OAuth 2.1 §4.1.1}
 */
export function authorizeEndpoint(services: Services): Endpoint {
  return async (c) => {
    const sent = await sentParameters(c.req.raw);
    const clientId = sent.get('client_id') ?? '';
    await services.limits.request('authorize_client', { peer: c.env.peer, clientId });
    let asking: Asking;
    try {
      asking = await findOutWhoAsks(services, sent);
    } catch (thrown) {
      return refuseOnPage(c, services, thrown, sent);
    }
    try {
      return await askOwner(c, services, asking, await acceptRequest(services, asking, sent));
    } catch (thrown) {
      return refuseToClient(c, services, thrown, { ...asking, state: stateOf(sent) });
    }
  };
}

/**
 * What a GET has in its query and a POST in its body; the query of a POST is not looked at.
 *
 * @throws OAuthError with status 413 or 415 for the body of a POST
 */
async function sentParameters(request: Request): Promise<URLSearchParams> {
  return request.method === 'POST' ? readRawForm(request) : new URL(request.url).searchParams;
}

/** Who asks, and where the answer goes: once this is known, a client can be told of errors. */
interface Asking extends FoundClient {
  readonly redirect_uri: ValidatedRedirectUri;
  readonly redirect_uri_sent: boolean;
}

async function findOutWhoAsks(services: Services, sent: URLSearchParams): Promise<Asking> {
  // Of these two a second one would leave open who is told; of all others a second one is for the client to hear of.
  const decisive = ['client_id', 'redirect_uri'];
  const parameters = parseParameters(
    sent,
    new Set([...sent.keys()].filter((name) => !decisive.includes(name))),
  );
  const found = await checkClient(services, parameters);
  const requested = parameters.get('redirect_uri');
  return {
    ...found,
    redirect_uri: matchRedirectUri(services.config, found.client, requested),
    redirect_uri_sent: requested !== undefined,
  };
}

/** The `state` to answer with; none if it came twice, as nobody knows which was meant, or cannot be sent back as it is. */
function stateOf(sent: URLSearchParams): string | undefined {
  const [state, ...more] = sent.getAll('state').filter((value) => value !== '');
  return more.length === 0 && state !== undefined && isEchoable(state) ? state : undefined;
}

const REPEATABLE: ReadonlySet<string> = new Set(['resource']);

/** Holds the request against the rules, and adopts the client if it was unknown. */
async function acceptRequest(
  services: Services,
  { client, adopted, redirect_uri, redirect_uri_sent }: Asking,
  sent: URLSearchParams,
): Promise<AuthorizationRequest> {
  const parameters: Parameters = parseParameters(sent, REPEATABLE);
  const checked = checkRequest({ parameters, client, services });
  const { state, code_challenge, scope, resource, defaulted, unknown } = checked;
  const { prompt, max_age, login_hint } = checked;
  const { client_id } = client;
  if (adopted && (await addClient(services, client))) {
    const looksLike = guessClient(redirect_uri)?.name;
    const way = wayOfTelling(services.config);
    services.emit({
      kind: 'client.adopted',
      client_id,
      redirect_uri,
      ...(looksLike !== undefined && { looks_like: looksLike }),
      ...(way !== undefined && { to_be_told: way }),
    });
  }
  const usage = await usageOf(services, client_id);
  services.emit(
    {
      kind: 'authorization.requested',
      client_id,
      route: routeOf(client.origin, usage?.flows ?? 0),
      redirect_uri,
      scope,
      resource,
      resource_defaulted: defaulted,
      ...(unknown.length > 0 && { unknown_resource: unknown }),
    },
    unknown.length > 0 ? 'warning' : 'info',
  );
  return {
    client_id,
    redirect_uri,
    redirect_uri_sent,
    ...(state !== undefined && { state }),
    code_challenge,
    scope,
    resource,
    prompt,
    ...(max_age !== undefined && { max_age }),
    ...(login_hint !== undefined && { login_hint }),
  };
}

/** Shows the login page, or goes on at once with somebody who is signed in. */
async function askOwner(
  c: AppContext,
  services: Services,
  { client }: Asking,
  request: AuthorizationRequest,
): Promise<Response> {
  const browser = recogniseBrowser(services, c.req.raw);
  const session = sessionFor(services, request, await currentSession(services, c.req.raw));
  if (request.prompt.includes('none')) await checkNothingToAsk(services, client, request, session);
  const response = session
    ? await goOn(c, services, { client, request, sub: session.sub, browser_hash: browser.hash })
    : await showLogin(services, { interaction: { request, browser_hash: browser.hash }, client });
  response.headers.append('set-cookie', browser.cookie);
  return response;
}

async function goOn(c: AppContext, services: Services, signedIn: SignedInRequest): Promise<Response> {
  const { client, sub } = signedIn;
  services.emit({ kind: 'session.reused', client_id: client.client_id, sub });
  return proceed(services, signedIn, c.req.method === 'POST' ? 303 : 302);
}

/**
 * The client wants its user to see no page.
 *
 * @throws OAuthError `login_required`, `consent_required`
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#AuthError OpenID Connect Core §3.1.2.6}
 */
async function checkNothingToAsk(
  services: Services,
  client: ClientRecord,
  request: AuthorizationRequest,
  session: Session | undefined,
): Promise<void> {
  if (!session) throw new OAuthError('login_required', 'the user would have to sign in');
  if (await needsConsent(services, client, request, session.sub)) {
    throw new OAuthError('consent_required', 'the user would have to allow it');
  }
}
