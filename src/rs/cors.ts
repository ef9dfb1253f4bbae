import type { Context } from 'hono';
import { OAuthError } from '../shared/oauth/errors.js';
import { methodNotAllowed } from './method-not-allowed.js';
import { allowOrigin, type OriginPolicy, preflightResponse } from './origin.js';
import type { Variables } from './routes.js';

/** Answers preflights and wrong methods, and lets pages of allowed origins read what the rest answers. */
export async function withCors(
  c: Context<Variables>,
  isAllowed: OriginPolicy,
  methods: string,
  answer: () => Promise<Response>,
): Promise<Response> {
  const { raw } = c.req;
  const response =
    raw.method === 'OPTIONS'
      ? preflightResponse(methods, raw.headers.get('access-control-request-headers'))
      : methods.split(', ').includes(raw.method)
        ? await answer()
        : methodNotAllowed(c, methods);
  const origin = raw.headers.get('origin');
  if (origin !== null && isAllowed(origin)) allowOrigin(response, origin);
  return response;
}

/** @throws OAuthError with status 403 for a page of another site */
export function checkOrigin(origin: string | undefined, isAllowed: OriginPolicy): void {
  if (origin === undefined || isAllowed(origin)) return;
  throw new OAuthError('invalid_request', 'pages of this origin may not call this server', {
    status: 403,
    reason: 'origin_not_allowed',
    detail: `Origin is ${origin}; --allow-origin allows it`,
  });
}
