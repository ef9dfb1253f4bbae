import { HEALTH_PATHS } from '../shared/http/health.js';
import { authorizationServerMetadataLocations } from '../shared/oauth/well-known.js';
import { authorizeEndpoint } from './endpoints/authorize.js';
import {
  deleteClientEndpoint,
  readClientEndpoint,
  updateClientEndpoint,
} from './endpoints/client-configuration.js';
import { clientEvidenceEndpoint } from './endpoints/client-evidence.js';
import { consentEndpoint, showConsentEndpoint } from './endpoints/consent.js';
import { revokeByUserEndpoint, showGrantsEndpoint } from './endpoints/grants.js';
import { healthEndpoint, readinessEndpoint } from './endpoints/health.js';
import { introspectEndpoint } from './endpoints/introspect.js';
import { jwksEndpoint } from './endpoints/jwks.js';
import { loginEndpoint } from './endpoints/login.js';
import { metadataEndpoint } from './endpoints/metadata.js';
import { registerEndpoint } from './endpoints/register.js';
import { revokeEndpoint } from './endpoints/revoke.js';
import { signOutEndpoint } from './endpoints/sign-out.js';
import { tokenEndpoint } from './endpoints/token.js';
import type { Route } from './front/route.js';
import type { LimitName } from './limits/table.js';
import { basePath, PATHS } from './metadata.js';
import type { Services } from './services.js';

/** Everything that is served, in the order in which a client comes by. What is switched off is not in it. */
export function routes(services: Services, formerIssuers: readonly string[] = []): readonly Route[] {
  return [
    ...metadataRoutes(services),
    ...(services.capabilities.registration.has('dcr') ? registrationRoutes(services) : []),
    ...pageRoutes(services),
    ...tokenRoutes(services),
    ...formerTokenRoutes(services, formerIssuers),
    ...(services.capabilities.clientEvidence ? [evidenceRoute(services)] : []),
    { path: HEALTH_PATHS.health, answers: 'json', methods: { GET: healthEndpoint } },
    { path: HEALTH_PATHS.readiness, answers: 'json', methods: { GET: readinessEndpoint(services) } },
  ];
}

/** The metadata document, at each place where clients of some revision look for it. */
function metadataRoutes(services: Services): readonly Route[] {
  const { issuer, metadataAtRoot } = services.config;
  const places = [issuer, ...(metadataAtRoot ? [new URL(issuer).origin] : [])];
  const forms = new Map(
    places
      .flatMap(authorizationServerMetadataLocations)
      .map(({ url, form }) => [new URL(url).pathname, form] as const),
  );
  return [...forms].map(([path, form]) => {
    const document = form.startsWith('oauth') ? 'oauth-authorization-server' : 'openid-configuration';
    return forClients(path, { GET: metadataEndpoint(services, document) });
  });
}

/** Where clients register by themselves, and look after their registration. */
function registrationRoutes(services: Services): readonly Route[] {
  const register = pathOf(services, 'register');
  return [
    { ...forClients(register, { POST: registerEndpoint(services) }), limit: 'register' },
    {
      ...forClients(`${register}/:client_id`, {
        GET: readClientEndpoint(services),
        PUT: updateClientEndpoint(services),
        DELETE: deleteClientEndpoint(services),
      }),
      limit: 'registration',
    },
  ];
}

/** What a person sees in the browser. */
function pageRoutes(services: Services): readonly Route[] {
  const authorize = authorizeEndpoint(services);
  const page = (name: keyof typeof PATHS, limit: LimitName, methods: Route['methods']): Route => ({
    path: pathOf(services, name),
    answers: 'page',
    limit,
    methods,
  });
  return [
    page('authorize', 'authorize', { GET: authorize, POST: authorize }),
    page('login', 'login', { POST: loginEndpoint(services) }),
    page('consent', 'pages', { GET: showConsentEndpoint(services), POST: consentEndpoint(services) }),
    page('grants', 'pages', { GET: showGrantsEndpoint(services), POST: revokeByUserEndpoint(services) }),
    page('signOut', 'pages', { POST: signOutEndpoint(services) }),
  ];
}

/** Where tokens come from, and what is known of them. */
function tokenRoutes(services: Services): readonly Route[] {
  const { signingKeys } = services;
  return [
    { ...forClients(pathOf(services, 'token'), { POST: tokenEndpoint(services) }), limit: 'token' },
    ...(signingKeys ? [forClients(pathOf(services, 'jwks'), { GET: jwksEndpoint(signingKeys) })] : []),
    {
      path: pathOf(services, 'introspect'),
      answers: 'json',
      methods: { POST: introspectEndpoint(services) },
    },
    { ...forClients(pathOf(services, 'revoke'), { POST: revokeEndpoint(services) }), limit: 'revoke' },
  ];
}

/**
 * Clients that remember where they refresh their tokens come to where that was before a new epoch. A 404 would leave them
 * where they are; here their client_id is unknown, and they are told so.
 */
function formerTokenRoutes(services: Services, formerIssuers: readonly string[]): readonly Route[] {
  return formerIssuers.map((issuer) => ({
    ...forClients(basePath(issuer) + PATHS.token, { POST: tokenEndpoint(services) }),
    limit: 'token',
  }));
}

function evidenceRoute(services: Services): Route {
  return {
    path: pathOf(services, 'clientEvidence'),
    answers: 'json',
    methods: { GET: clientEvidenceEndpoint(services) },
  };
}

/** Clients may be web pages, so these answer them too (CORS). */
function forClients(path: string, methods: Route['methods']): Route {
  return { path, answers: 'json', cors: true, methods };
}

function pathOf({ config }: Services, endpoint: keyof typeof PATHS): string {
  return basePath(config.issuer) + PATHS[endpoint];
}
