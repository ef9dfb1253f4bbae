import type { RecordedExchange } from '../record/recorded-exchange.js';

/** Where a request came from, as far as a server can see it. It proves nothing: it tells apart what nothing else does. */
export interface Origin {
  readonly address: string;
  /** the connection; undefined where there was none */
  readonly connection: string | undefined;
  readonly userAgent: string;
}

/** What libraries send for which nobody set a name: such a request may come from any program. */
const NAMELESS = /^(?:node|undici)?$/;

/** Where a request came from. */
export function originOf({ peer, request }: RecordedExchange): Origin {
  const userAgent = (request.headers['user-agent'] ?? '').slice(0, 200);
  return {
    address: peer?.address ?? '',
    connection: peer === null ? undefined : `${peer.address} port ${peer.port}`,
    userAgent,
  };
}

/** Whether the user agent says nothing about the program. */
export function isNameless({ userAgent }: Pick<Origin, 'userAgent'>): boolean {
  return NAMELESS.test(userAgent);
}

/** The user agent, as far as it tells programs apart: one that says nothing may change from request to request. */
export function agentOf(origin: Pick<Origin, 'userAgent'>): string {
  return isNameless(origin) ? '' : origin.userAgent;
}

/** Whether two user agents may be of one program: a reverse proxy sends requests of many by one connection. */
export function mayBeOneProgram(one: Pick<Origin, 'userAgent'>, other: Pick<Origin, 'userAgent'>): boolean {
  return isNameless(one) || isNameless(other) || one.userAgent === other.userAgent;
}

/** Whether a page asks that is not the server's own, or a program as such a page would (Fetch, `Origin`). */
export function isOfOtherOrigin({ request }: Pick<RecordedExchange, 'request'>): boolean {
  const { origin } = request.headers;
  return origin !== undefined && origin !== URL.parse(request.url)?.origin;
}

/** Address and user agent in words. */
export function originInWords({ address, userAgent }: Origin): string {
  const from = address === '' ? 'the same address' : `address ${address}`;
  return userAgent === '' ? `${from} and no user agent` : `${from} and user agent ${userAgent}`;
}
