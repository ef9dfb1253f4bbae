import type { RefusalReason } from '../oauth/errors.js';
import type { RequestServed } from './http.js';

/** The event of a request that was answered. The query is left out, since it holds codes and state. */
export function requestServed(
  request: Request,
  status: number,
  reason: RefusalReason | undefined,
): RequestServed {
  const userAgent = request.headers.get('user-agent');
  return {
    kind: 'request.served',
    method: request.method,
    path: new URL(request.url).pathname,
    status,
    ...(reason !== undefined && { reason }),
    ...(userAgent !== null && { user_agent: userAgent }),
  };
}
