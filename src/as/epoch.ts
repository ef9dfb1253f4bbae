import { Hono } from 'hono';
import { errorResponse, OAuthError, toOAuthError } from '../shared/oauth/errors.js';
import type { WebApp } from '../shared/http/fetch.js';
import { createSecurityHeaders } from '../shared/http/security-headers.js';
import type { AuthorizationServerOptions } from './config/options.js';
import { type AuthorizationServerDeps, createServices } from './create-services.js';
import { accessLine } from './front/access-line.js';
import type { AppContext, AppEnv } from './front/app-env.js';
import { hostCheck } from './front/host-check.js';
import { addRoute } from './front/route.js';
import { buildMetadata } from './metadata.js';
import { answeredPage, errorPage, tooManyPage } from './owner/pages/error-page.js';
import { type Page, renderPage } from './owner/pages/page.js';
import { routes } from './routes.js';
import type { Services } from './services.js';

/** The server under one issuer: another issuer is another authorization server, with clients and tokens of its own. */
export interface Epoch {
  readonly services: Services;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly fetch: WebApp['fetch'];
  /** Makes it known that this server is about to stop. */
  stop(): void;
}

/**
 * Puts the server together for one issuer.
 *
 * @param formerIssuers what this server was called before
 * @throws ConfigurationError that names the option
 */
export function createEpoch(
  options: AuthorizationServerOptions,
  deps: AuthorizationServerDeps,
  formerIssuers: readonly string[] = [],
): Epoch {
  const stopping = new AbortController();
  const services = createServices(options, deps, stopping.signal);
  const { config, limits } = services;
  const app = new Hono<AppEnv>();
  const secure = createSecurityHeaders(config.issuer);
  app.use(async (c, next) => {
    await next();
    secure(c.res.headers);
  });
  app.use(accessLine(services, formerIssuers), hostCheck(services));
  for (const route of routes(services, formerIssuers)) {
    addRoute(app, route, { allowOrigins: config.allowOrigins, limits });
  }
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
    return renderPage(services.random, pageOf(error));
  });
  return {
    services,
    metadata: buildMetadata(config.issuer, services.capabilities),
    fetch: async (request, peer) => app.fetch(request, { peer }),
    stop: () => stopping.abort(),
  };
}

function pageOf(error: OAuthError): Page {
  if (error.reason === 'interaction_decided') return answeredPage(error);
  return error.reason === 'rate_limited' ? tooManyPage(error) : errorPage(error);
}

/** Refusals that an event of their own tells of, or that there is no end of. */
const NOT_TOLD: ReadonlySet<string> = new Set(['path_unknown', 'rate_limited']);

function tellRefusal({ emit }: Services, c: AppContext, error: OAuthError): void {
  const { path, method } = c.req;
  const { reason, description } = error;
  if (error.error === 'server_error') {
    emit({ kind: 'server.fault', path, message: error.detail ?? error.message }, 'error');
  } else if (!c.get('told') && !NOT_TOLD.has(reason)) {
    emit({ kind: 'request.refused', method, path, error: error.error, reason, description }, 'warning');
  }
}
