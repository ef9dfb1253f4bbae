import { Hono } from 'hono';
import { type Clock, systemClock } from '../shared/clock.js';
import { ConfigurationError } from '../shared/configuration-error.js';
import { createEmitter } from '../shared/events/emitter.js';
import type { EventSink } from '../shared/events/events.js';
import type { FetchDocument } from '../shared/http/document.js';
import type { WebApp } from '../shared/http/fetch.js';
import { errorResponse, OAuthError, toOAuthError } from '../shared/oauth/errors.js';
import { authorizationServerMetadataLocations } from '../shared/oauth/well-known.js';
import { type Random, systemRandom } from '../shared/random.js';
import { capabilitiesOf } from './capabilities.js';
import { presetRecords } from './clients/presets.js';
import { type AuthorizationServerOptions, parseConfig } from './config.js';
import { createDocumentReader } from './documents/document-reader.js';
import { authorizeEndpoint } from './endpoints/authorize.js';
import {
  deleteClientEndpoint,
  readClientEndpoint,
  updateClientEndpoint,
} from './endpoints/client-configuration.js';
import { clientEvidenceEndpoint } from './endpoints/client-evidence.js';
import { consentEndpoint, showConsentEndpoint } from './endpoints/consent.js';
import { revokeByUserEndpoint, showGrantsEndpoint } from './endpoints/grants.js';
import { introspectEndpoint } from './endpoints/introspect.js';
import { jwksEndpoint } from './endpoints/jwks.js';
import { loginEndpoint } from './endpoints/login.js';
import { metadataEndpoint } from './endpoints/metadata.js';
import { registerEndpoint } from './endpoints/register.js';
import { revokeEndpoint } from './endpoints/revoke.js';
import { signOutEndpoint } from './endpoints/sign-out.js';
import { tokenEndpoint } from './endpoints/token.js';
import { accessLine } from './front/access-line.js';
import type { AppContext, AppEnv } from './front/app-env.js';
import { hostCheck } from './front/host-check.js';
import { addRoute, type Route } from './front/route.js';
import { createSigningKeys } from './keys/signing-keys.js';
import { basePath, PATHS } from './metadata.js';
import { answeredPage, errorPage } from './owner/pages/error-page.js';
import { renderPage } from './owner/pages/page.js';
import { createUsers } from './owner/users.js';
import type { Services } from './services.js';
import { createMemoryStore } from './store/memory.js';
import type { Store } from './store/store.js';
import { jwtAccessTokens } from './tokens/jwt.js';
import { opaqueAccessTokens } from './tokens/opaque.js';

/** How the authorization server reaches the world; each has a default. */
export interface AuthorizationServerDeps {
  readonly clock?: Clock;
  readonly random?: Random;
  /** default: this process's memory */
  readonly store?: Store;
  /**
   * The way out to metadata documents and key sets of clients. Default: none, and with it no Client ID Metadata
   * Documents. It must not connect to an address that is not public.
   */
  readonly fetchDocument?: FetchDocument;
  /** where events go; default: nowhere */
  readonly onEvent?: EventSink;
}

/**
 * Makes an OAuth 2.1 authorization server for MCP.
 *
 * @throws ConfigurationError that names the option
 * @example
 * const as = createAuthorizationServer({ issuer: 'http://localhost:9000', demoMode: true });
 * const metadata = await as.fetch(new Request('http://localhost:9000/.well-known/oauth-authorization-server'));
 */
export function createAuthorizationServer(
  options: AuthorizationServerOptions,
  deps: AuthorizationServerDeps = {},
): WebApp {
  const services = createServices(options, deps);
  const { config } = services;
  const app = new Hono<AppEnv>();
  app.use(accessLine(services), hostCheck(services));
  for (const route of routes(services)) addRoute(app, route, config.allowOrigins);
  app.notFound(() => {
    throw new OAuthError('invalid_request', 'there is nothing at this path', {
      status: 404,
      reason: 'path_unknown',
    });
  });
  app.onError((thrown, c) => {
    const error = toOAuthError(thrown);
    tellRefusal(services, c, error);
    if (c.get('answers') !== 'page') return errorResponse(error);
    const page = error.reason === 'interaction_decided' ? answeredPage(error) : errorPage(error);
    return renderPage(services.random, page);
  });
  return {
    fetch: async (request) => app.fetch(request),
    close: async () => undefined,
  };
}

function tellRefusal({ emit }: Services, c: AppContext, error: OAuthError): void {
  const { path, method } = c.req;
  const { reason, description } = error;
  if (error.error === 'server_error') {
    emit({ kind: 'server.fault', path, message: error.detail ?? error.message }, 'error');
  } else if (!c.get('told') && reason !== 'path_unknown') {
    emit({ kind: 'request.refused', method, path, error: error.error, reason, description }, 'warning');
  }
}

function createServices(options: AuthorizationServerOptions, deps: AuthorizationServerDeps): Services {
  const config = parseConfig(options);
  const { clock = systemClock, random = systemRandom, onEvent = () => undefined, fetchDocument } = deps;
  if (options.registration?.includes('cimd') && !fetchDocument) {
    throw new ConfigurationError('registration', 'cimd needs a way to fetch documents: fetchDocument');
  }
  const store = deps.store ?? createMemoryStore(clock);
  const emit = createEmitter('as', clock, onEvent);
  return {
    config,
    capabilities: capabilitiesOf(config, fetchDocument !== undefined),
    clock,
    random,
    store,
    emit,
    users: createUsers(config.users, random),
    ...(fetchDocument && { documents: createDocumentReader(fetchDocument, { clock, store }) }),
    presets: presetRecords(config.clients, clock.now()),
    ...accessTokensOf({ config, store, clock, random, emit }),
  };
}

function accessTokensOf(
  services: Pick<Services, 'config' | 'store' | 'clock' | 'random' | 'emit'>,
): Pick<Services, 'accessTokens' | 'signingKeys'> {
  const { config, random } = services;
  if (config.tokenFormat === 'opaque') return { accessTokens: opaqueAccessTokens(random) };
  const signingKeys = createSigningKeys(services);
  return { accessTokens: jwtAccessTokens(config.issuer, signingKeys, random), signingKeys };
}

/** Everything that is served, in the order in which a client comes by. */
function routes(services: Services): readonly Route[] {
  const { issuer, metadataAtRoot } = services.config;
  const at = (path: string) => basePath(issuer) + path;
  const places = [issuer, ...(metadataAtRoot ? [new URL(issuer).origin] : [])];
  const locations = new Map(
    places.flatMap(authorizationServerMetadataLocations).map((location) => [location.url, location]),
  );
  const metadata = [...locations.values()].map(({ url, form }): Route => {
    const document = form.startsWith('oauth') ? 'oauth-authorization-server' : 'openid-configuration';
    const { pathname } = new URL(url);
    return {
      path: pathname,
      answers: 'json',
      cors: true,
      methods: { GET: metadataEndpoint(services, document) },
    };
  });
  const authorize = authorizeEndpoint(services);
  return [
    ...metadata,
    ...(services.capabilities.registration.has('dcr') ? registrationRoutes(services, at) : []),
    { path: at(PATHS.authorize), answers: 'page', methods: { GET: authorize, POST: authorize } },
    { path: at(PATHS.login), answers: 'page', methods: { POST: loginEndpoint(services) } },
    {
      path: at(PATHS.consent),
      answers: 'page',
      methods: { GET: showConsentEndpoint(services), POST: consentEndpoint(services) },
    },
    {
      path: at(PATHS.grants),
      answers: 'page',
      methods: { GET: showGrantsEndpoint(services), POST: revokeByUserEndpoint(services) },
    },
    { path: at(PATHS.signOut), answers: 'page', methods: { POST: signOutEndpoint(services) } },
    { path: at(PATHS.token), answers: 'json', cors: true, methods: { POST: tokenEndpoint(services) } },
    ...(services.signingKeys
      ? [
          {
            path: at(PATHS.jwks),
            answers: 'json' as const,
            cors: true,
            methods: { GET: jwksEndpoint(services.signingKeys) },
          },
        ]
      : []),
    { path: at(PATHS.introspect), answers: 'json', methods: { POST: introspectEndpoint(services) } },
    { path: at(PATHS.revoke), answers: 'json', cors: true, methods: { POST: revokeEndpoint(services) } },
    ...(services.capabilities.clientEvidence
      ? [
          {
            path: at(PATHS.clientEvidence),
            answers: 'json' as const,
            methods: { GET: clientEvidenceEndpoint(services) },
          },
        ]
      : []),
  ];
}

/** Where clients register by themselves, and look after their registration. */
function registrationRoutes(services: Services, at: (path: string) => string): readonly Route[] {
  return [
    { path: at(PATHS.register), answers: 'json', cors: true, methods: { POST: registerEndpoint(services) } },
    {
      path: at(`${PATHS.register}/:client_id`),
      answers: 'json',
      cors: true,
      methods: {
        GET: readClientEndpoint(services),
        PUT: updateClientEndpoint(services),
        DELETE: deleteClientEndpoint(services),
      },
    },
  ];
}
