import { AsyncLocalStorage } from 'node:async_hooks';
import type { Fetch, WebApp } from '../../shared/http/fetch.js';
import type { PostForm } from '../../shared/http/post-form.js';
import { readTraceContext, type TraceContext, traceHeaders } from '../../shared/http/trace-context.js';
import type { Random } from '../../shared/random.js';

/** The request during which something happens. */
export interface RequestScope {
  /** of this process and no other request */
  readonly id: string;
  /** address of the client, where it is known */
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
  /** the trace that it belongs to, if it says so, and what the answer to it is called there: 16 hex digits */
  readonly trace: (TraceContext & { readonly spanId: string }) | undefined;
}

/** How a resource server reaches its authorization servers. */
export interface WayOut {
  readonly fetch: Fetch;
  readonly deps: { readonly postForm: PostForm };
}

/** Knows which request is being answered, without anybody on the way having to hand it on. */
export interface RequestScopes {
  /** @returns undefined outside of a request, and in one that nobody needs to know of */
  current(): RequestScope | undefined;
  /** The same app, whose requests are known while they are answered. */
  watch(app: WebApp): WebApp;
  /** The same way out, by which the trace of a request is passed on. To be given to servers that are trusted only. */
  passOn(way: WayOut): { readonly fetch: Fetch; readonly postForm: PostForm };
}

/**
 * Starts to tell requests apart. On Node 20 an `AsyncLocalStorage` makes every promise of the process dearer while it is
 * in use, so it is used for requests that belong to a trace only, unless each is needed. The recorder of flows has one of
 * its own: it keeps other requests, and lets go of them by its own budget.
 *
 * @param everyRequest whether requests without a trace are needed too, as for an audit log
 */
export function createRequestScopes({
  everyRequest,
  random,
}: {
  readonly everyRequest: boolean;
  readonly random: Random;
}): RequestScopes {
  const storage = new AsyncLocalStorage<RequestScope>();
  const prefix = random.token(6);
  let count = 0;
  let answering = 0;

  async function answer(app: WebApp, request: Request, peer: Parameters<WebApp['fetch']>[1]) {
    const trace = readTraceContext(request.headers);
    if (!everyRequest && trace === undefined) {
      // Not after each request with a trace: to turn it off and on is dearer than to leave it on.
      if (answering === 0) storage.disable();
      return app.fetch(request, peer);
    }
    const scope: RequestScope = {
      id: `${prefix}-${(count += 1)}`,
      address: peer?.address,
      userAgent: request.headers.get('user-agent') ?? undefined,
      trace: trace && { ...trace, spanId: newSpanId(random) },
    };
    answering += 1;
    try {
      return await storage.run(scope, () => app.fetch(request, peer));
    } finally {
      answering -= 1;
    }
  }

  const headersNow = (): Readonly<Record<string, string>> | undefined => {
    const trace = storage.getStore()?.trace;
    return trace && traceHeaders(trace, trace.spanId);
  };

  return {
    current: () => storage.getStore(),
    watch: (app) => ({
      close: () => app.close(),
      fetch: (request, peer) => answer(app, request, peer),
    }),
    passOn: ({ fetch, deps: { postForm } }) => ({
      fetch: (input, init) => {
        const added = headersNow();
        return added === undefined ? fetch(input, init) : fetch(input, withHeaders(init, added));
      },
      postForm: (url, request) => {
        const added = headersNow();
        return postForm(url, added ? { ...request, headers: { ...request.headers, ...added } } : request);
      },
    }),
  };
}

function withHeaders(init: RequestInit | undefined, added: Readonly<Record<string, string>>): RequestInit {
  const headers = new Headers(init?.headers);
  for (const [name, value] of Object.entries(added)) headers.set(name, value);
  return { ...init, headers };
}

function newSpanId(random: Random): string {
  return Buffer.from(random.token(8), 'base64url').toString('hex');
}
