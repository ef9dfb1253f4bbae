import { Hono } from 'hono';
import type { WebApp } from '../shared/http/fetch.js';
import { errorResponse, OAuthError, toOAuthError } from '../shared/oauth/errors.js';
import type { AuthorizationServerOptions } from './config/options.js';
import { type AuthorizationServerDeps, createServices } from './create-services.js';
import { accessLine } from './front/access-line.js';
import type { AppContext, AppEnv } from './front/app-env.js';
import { hostCheck } from './front/host-check.js';
import { addRoute } from './front/route.js';
import { answeredPage, errorPage } from './owner/pages/error-page.js';
import { renderPage } from './owner/pages/page.js';
import { buildMetadata } from './metadata.js';
import { routes } from './routes.js';
import type { Services } from './services.js';

/** An authorization server as a web-standard app. */
export interface AuthorizationServer extends WebApp {
  /** what its metadata document says, for whoever has to know where its endpoints are */
  readonly metadata: Readonly<Record<string, unknown>>;
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
): AuthorizationServer {
  const stop = new AbortController();
  const services = createServices(options, deps, stop.signal);
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
    metadata: buildMetadata(config.issuer, services.capabilities),
    fetch: async (request) => app.fetch(request),
    close: async () => stop.abort(),
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
