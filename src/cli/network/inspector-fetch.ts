import { type Fetch, globalFetch } from '../../shared/http/fetch.js';
import { type Environment, nameOfProxy, parseProxy, proxiesOf, type Proxy } from './proxies.js';

/** How `inspect-flow` reaches the network. */
export interface InspectorNetwork {
  readonly fetch: Fetch;
  /** the proxies of the environment, without passwords */
  readonly proxies: readonly string[];
  /** false if any certificate is taken for good */
  readonly tlsVerified: boolean;
}

/**
 * Node's own `fetch`, unless proxies are named or certificates are not to be looked at: only then another HTTP client is
 * loaded.
 *
 * @param options `insecure` takes any certificate; `openEnded` lets a stream be silent for as long as it likes, as one of MCP
 *   may, which Node's `fetch` ends after five minutes
 */
export async function inspectorNetwork(options: {
  readonly insecure: boolean;
  readonly environment: Environment;
  readonly openEnded?: boolean;
}): Promise<InspectorNetwork> {
  const { insecure, environment, openEnded = false } = options;
  const proxyFor = proxiesOf(environment);
  const proxies = [...new Set(proxyFor.all.flatMap((proxy) => nameOfProxy(proxy) ?? []))];
  const told = { proxies, tlsVerified: !insecure };
  if (!insecure && !openEnded && proxyFor.all.length === 0) return { fetch: globalFetch, ...told };
  const routeTo = await routes(insecure, openEnded);
  return {
    ...told,
    async fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input);
      const proxy = proxyFor(url);
      const send = routeTo(proxy);
      try {
        return await send(input, init);
      } catch (error) {
        throw proxy && !(init?.signal?.aborted ?? false) ? blamingTheProxy(error, proxy) : error;
      }
    },
  };
}

/** One way for each proxy, and one without; connections are kept open on each. */
async function routes(insecure: boolean, openEnded: boolean): Promise<(proxy: Proxy | undefined) => Fetch> {
  const { Agent, fetch: fetchThrough, ProxyAgent } = await import('undici');
  const tls = { rejectUnauthorized: !insecure };
  const patience = openEnded ? { bodyTimeout: 0 } : {};
  const dispatchers = new Map<string, InstanceType<typeof Agent> | InstanceType<typeof ProxyAgent>>();
  const dispatcherFor = (proxy: Proxy | undefined) => {
    const key = proxy?.url ?? '';
    const known = dispatchers.get(key);
    if (known) return known;
    const made = proxy
      ? new ProxyAgent({
          uri: hrefOf(proxy),
          requestTls: tls,
          proxyTls: tls,
          proxyTunnel: false,
          ...patience,
        })
      : new Agent({ connect: tls, ...patience });
    dispatchers.set(key, made);
    return made;
  };
  return (proxy) => async (input, init) => {
    const dispatcher = dispatcherFor(proxy);
    const request = new Request(input, init);
    const { url, method, headers, signal, redirect } = request;
    const body = request.body === null ? null : await request.arrayBuffer();
    return fetchThrough(url, { method, headers: [...headers], signal, redirect, body, dispatcher });
  };
}

function hrefOf(proxy: Proxy): string {
  const url = parseProxy(proxy.url);
  if (!url) throw new Error(`${proxy.variable} does not name a proxy by http:// or https://`);
  return url.href;
}

/** Errors on the way to the proxy itself: no connection was made to anything beyond it. */
const NOT_REACHED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/;

/** Otherwise a proxy that is down looks like a server that is. */
function blamingTheProxy(error: unknown, proxy: Proxy): unknown {
  const name = `the proxy ${nameOfProxy(proxy) ?? ''} (${proxy.variable})`;
  const because = (message: string) => new TypeError('fetch failed', { cause: new Error(message) });
  for (const cause of causesOf(error)) {
    const code = 'code' in cause ? String(cause.code) : '';
    if (NOT_REACHED.test(code)) return because(`${name} was not reached (${code})`);
    const status = /proxy/i.test(cause.message) ? /\b\d{3}\b/.exec(cause.message)?.[0] : undefined;
    if (status === '407') return because(`${name} wants a login, or another one (407)`);
    if (status !== undefined) return because(`${name} did not let it through (${status})`);
  }
  return error;
}

/** From the inside: what the HTTP client says of a refused tunnel is wrapped twice. */
function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [...causesOf(error.cause), error] : [];
}
