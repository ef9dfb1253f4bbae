import { Hono } from 'hono';
import { routePath } from 'hono/route';
import type { Emit } from '../shared/events/emitter.js';
import type { EventLevel } from '../shared/events/events.js';
import type { Peer } from '../shared/http/peer.js';
import { requestServed } from '../shared/events/request-served.js';
import { createSecurityHeaders } from '../shared/http/security-headers.js';
import { errorResponse, OAuthError, toOAuthError, type RefusalReason } from '../shared/oauth/errors.js';
import type { ResourceServerConfig } from './config/index.js';
import { createHostCheck } from './host-check.js';
import { letPageRead, type OriginPolicy } from './origin.js';

/** Why a request was refused, for the log. */
export interface ToldRefusal {
  readonly reason: RefusalReason;
  /** as on the wire: of OAuth, or the number of a JSON-RPC error */
  readonly error: string;
  /** what the client was told */
  readonly description: string;
  /** what the operator may know beside it */
  readonly detail?: string | undefined;
}

/** What a request carries along for the log. */
export interface Variables {
  readonly Bindings: {
    /** who sent the request, where that is known */
    readonly peer?: Peer | undefined;
  };
  readonly Variables: {
    /** stable reason code of a refusal that an event of its own has told of */
    reason?: RefusalReason | undefined;
    /** a refusal that is still to be told of */
    refusal?: ToldRefusal | undefined;
  };
}

/** What every request passes: the access line, CORS, the check of its Host, and the answer to what fails. */
export function createFront(
  config: ResourceServerConfig,
  isAllowedOrigin: OriginPolicy,
  emit: Emit,
  milliseconds: () => number,
): Hono<Variables> {
  const checkHost = createHostCheck(config, emit);
  const secure = createSecurityHeaders(config.resource);
  const app = new Hono<Variables>({ strict: true });
  app.use(async (c, next) => {
    const begun = milliseconds();
    await next();
    const refusal = c.get('refusal');
    if (refusal) tellRefusal(emit, c.req, refusal);
    const path = routePath(c, -1);
    const facts = {
      status: c.res.status,
      reason: refusal?.reason ?? c.get('reason'),
      route: path.endsWith('*') ? undefined : path,
      milliseconds: milliseconds() - begun,
    };
    emit(requestServed(c.req.raw, facts), 'debug');
  });
  app.use(async (c, next) => {
    await next();
    secure(c.res.headers);
    letPageRead(c.res, c.req.header('origin'), isAllowedOrigin);
  });
  app.use(async (c, next) => {
    checkHost(c.req.raw);
    await next();
  });
  app.notFound((c) => {
    // Not told of in the log but for the access line: clients look for metadata in many places.
    c.set('reason', 'path_unknown');
    const description = `there is nothing here; MCP is at ${config.resource}`;
    return errorResponse(new OAuthError('invalid_request', description, { status: 404 }));
  });
  app.onError((thrown, c) => {
    const error = toOAuthError(thrown);
    if (error.status === 500) {
      c.set('reason', error.reason);
      emit({ kind: 'server.fault', path: c.req.path, message: error.detail ?? error.message }, 'error');
    } else {
      c.set('refusal', error);
    }
    return errorResponse(error);
  });
  return app;
}

/** Refusals that belong to the way clients find out what there is: nothing to worry about. */
const EXPECTED: ReadonlySet<RefusalReason> = new Set(['method_not_allowed', 'session_not_found', 'stopping']);

function tellRefusal(
  emit: Emit,
  { method, path }: { readonly method: string; readonly path: string },
  { reason, error, description, detail }: ToldRefusal,
): void {
  const level: EventLevel = EXPECTED.has(reason) ? 'info' : 'warning';
  const more = detail === undefined ? {} : { detail };
  emit({ kind: 'request.refused', method, path, error, reason, description, ...more }, level);
}
