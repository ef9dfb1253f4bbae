import type { RefusalReason } from '../oauth/errors.js';
import type { RequestServed } from './http.js';

/** How a request was answered. */
export interface Served extends Pick<RequestServed, 'status'> {
  readonly reason: RefusalReason | undefined;
  /** undefined where nothing is at the path */
  readonly route: string | undefined;
  readonly milliseconds: number;
}

/** The event of a request that was answered. The query is left out, since it holds codes and state. */
export function requestServed(
  request: Request,
  { status, reason, route, milliseconds }: Served,
): RequestServed {
  const userAgent = request.headers.get('user-agent');
  return {
    kind: 'request.served',
    method: request.method,
    path: new URL(request.url).pathname,
    status,
    ...(route !== undefined && { route }),
    milliseconds: Math.round(milliseconds * 1000) / 1000,
    ...(reason !== undefined && { reason }),
    ...(userAgent !== null && { user_agent: userAgent }),
  };
}
