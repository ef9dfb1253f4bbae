import { createHash } from 'node:crypto';
import {
  createFlowCollector,
  createTextRenderer,
  type FlowDocument,
  type FlowEvent,
  type FlowPlanOptions,
  headlessUserAgent,
  type HostDocument,
  type HeadlessLogin,
  inspectFlow,
} from '../../src/flows/index.js';
import type { CredentialStore, KeptCredentials } from '../../src/shared/oauth/kept-credentials.js';
import type { Fetch } from '../../src/shared/http/fetch.js';
import { networkOf } from '../../src/shared/http/fetch.js';
import { systemRandom } from '../../src/shared/random.js';

/** The time of every flow here, and of the servers that hold times against it. */
export const FLOW_CLOCK = { now: () => 1_790_000_000 };

export const TARGET = 'https://mcp.example/mcp';
export const ISSUER = 'https://as.example';
export const ACCESS_TOKEN = 'foreign-access-token-0123456789abcdef';
export const CODE = 'foreign-code-0123456789abcdef-0123456789';
const METADATA_URL = 'https://mcp.example/.well-known/oauth-protected-resource/mcp';

type Answer = Response | ((request: Request) => Response | Promise<Response>);
/** From `METHOD path` to what is answered; undefined takes a route away. */
export type Routes = Readonly<Record<string, Answer | undefined>>;

export interface ForeignPair {
  readonly fetch: Fetch;
  /** every request, as `METHOD url` */
  readonly requests: readonly string[];
  /** the parameters of the last authorization and token request */
  readonly authorization: () => URLSearchParams;
  readonly token: () => URLSearchParams;
  readonly registration: () => Record<string, unknown>;
}

export function json(body: unknown, init: ResponseInit = {}): () => Response {
  return () => Response.json(body, init);
}

export const AS_METADATA = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  registration_endpoint: `${ISSUER}/register`,
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code', 'refresh_token'],
  scopes_supported: ['notes.read', 'notes.list'],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: ['none'],
  authorization_response_iss_parameter_supported: true,
};

export const RESOURCE_METADATA = {
  resource: TARGET,
  authorization_servers: [ISSUER],
  resource_name: 'Notes',
  scopes_supported: ['notes.read', 'notes.list'],
};

export const TOKEN_RESPONSE = {
  access_token: ACCESS_TOKEN,
  token_type: 'Bearer',
  expires_in: 600,
  refresh_token: 'foreign-refresh-token-0123456789abcdef',
};

/** A pair that nobody here wrote: it keeps to the rules, unless a test gives a route another answer. */
export function createForeignPair(routes: Routes = {}): ForeignPair {
  const requests: string[] = [];
  let authorization = new URLSearchParams();
  let token = new URLSearchParams();
  let registration: Record<string, unknown> = {};
  const rules: Routes = {
    'POST mcp.example/mcp': protectedMcp(modernMcp),
    'GET mcp.example/.well-known/oauth-protected-resource/mcp': json(RESOURCE_METADATA),
    'GET as.example/.well-known/oauth-authorization-server': json(AS_METADATA),
    'POST as.example/register': async (request) =>
      Response.json(
        { ...((await request.json()) as object), client_id: 'registered-1' },
        { status: 201, headers: { 'cache-control': 'no-store' } },
      ),
    'GET as.example/authorize': redirectBack({}),
    'POST as.example/token': json(TOKEN_RESPONSE, { headers: { 'cache-control': 'no-store' } }),
    ...routes,
  };
  const app = {
    async fetch(request: Request): Promise<Response> {
      const url = new URL(request.url);
      requests.push(`${request.method} ${request.url}`);
      if (url.pathname === '/authorize') authorization = url.searchParams;
      if (url.pathname === '/token') token = new URLSearchParams(await request.clone().text());
      if (url.pathname === '/register') registration = JSON.parse(await request.clone().text());
      const answer = rules[`${request.method} ${url.host}${url.pathname}`];
      if (answer === undefined) return new Response('not here', { status: 404 });
      return typeof answer === 'function' ? answer(request) : answer;
    },
  };
  return {
    fetch: networkOf({ 'https://mcp.example': app, [ISSUER]: app }),
    requests,
    authorization: () => authorization,
    token: () => token,
    registration: () => registration,
  };
}

/** Redirects to the client at once, as an authorization server does whose user has signed in before. */
export function redirectBack(changes: Readonly<Record<string, string | undefined>>): Answer {
  return (request) => {
    const sent = new URL(request.url).searchParams;
    const back = new URL(sent.get('redirect_uri')!);
    const answer = { code: CODE, state: sent.get('state')!, iss: ISSUER, ...changes };
    for (const [name, value] of Object.entries(answer)) {
      if (value !== undefined) back.searchParams.set(name, value);
    }
    return new Response(null, { status: 302, headers: { location: back.href } });
  };
}

export const CHALLENGE = `Bearer resource_metadata="${METADATA_URL}", scope="notes.read"`;

/** Asks for a token, then does as `inner`. */
export function protectedMcp(
  inner: (request: Request) => Response | Promise<Response>,
  challenge = CHALLENGE,
): Answer {
  return (request) =>
    request.headers.get('authorization') === `Bearer ${ACCESS_TOKEN}`
      ? inner(request)
      : new Response(null, { status: 401, headers: { 'www-authenticate': challenge } });
}

export const READ_ONLY_TOOL = {
  name: 'list_notes',
  inputSchema: { type: 'object' },
  annotations: { readOnlyHint: true },
};

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name?: string; readonly _meta?: Record<string, unknown> };
}

const RESULTS: Readonly<Record<string, unknown>> = {
  'server/discover': { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: {} },
  'tools/list': { resultType: 'complete', tools: [{ name: 'delete_all' }, READ_ONLY_TOOL] },
  'tools/call': { resultType: 'complete', content: [{ type: 'text', text: 'three notes' }] },
};

/** A stateless server that insists on the headers of its era. */
export async function modernMcp(request: Request): Promise<Response> {
  const { id, method, params } = (await request.json()) as Message;
  const version = params?._meta?.['io.modelcontextprotocol/protocolVersion'];
  const { headers } = request;
  if (
    headers.get('mcp-protocol-version') !== version ||
    headers.get('mcp-method') !== method ||
    (params?.name !== undefined && headers.get('mcp-name') !== params.name)
  ) {
    return Response.json(
      { jsonrpc: '2.0', id, error: { code: -32020, message: 'mismatch' } },
      { status: 400 },
    );
  }
  return Response.json({ jsonrpc: '2.0', id, result: RESULTS[method] });
}

/** A server of 2025-11-25 with sessions, which answers on streams that it leaves open. */
export function legacyMcp(
  session = 'session-0123456789abcdef0123',
  protocolVersion = '2025-06-18',
): (request: Request) => Promise<Response> {
  return async (request) => {
    const { id, method } = (await request.json()) as Message;
    if (method !== 'initialize' && request.headers.get('mcp-session-id') !== session) {
      const error = { code: -32000, message: 'Bad Request: no valid session ID' };
      return Response.json({ jsonrpc: '2.0', id: null, error }, { status: 400 });
    }
    if (id === undefined) return new Response(null, { status: 202 });
    const result = method === 'initialize' ? { protocolVersion } : RESULTS[method];
    const message = JSON.stringify({ jsonrpc: '2.0', id, result });
    const stream = new ReadableStream({
      start: (controller) =>
        controller.enqueue(new TextEncoder().encode(`: hello\n\nevent: message\ndata: ${message}\n\n`)),
    });
    return new Response(stream, {
      headers: { 'content-type': 'text/event-stream', 'mcp-session-id': session },
    });
  };
}

export interface Inspected {
  readonly document: FlowDocument;
  readonly text: string;
  readonly events: readonly FlowEvent[];
  /** the status of a check by its id */
  check(id: string): string | undefined;
  /** the step that failed, with its reason */
  readonly failed: { readonly id: string; readonly reason: string | null } | undefined;
}

interface InspectOptions extends Partial<FlowPlanOptions> {
  readonly login?: HeadlessLogin;
  readonly credentials?: CredentialStore;
  readonly hostDocument?: HostDocument;
  readonly colour?: boolean;
  /** ends the run as Ctrl-C does */
  readonly signal?: AbortSignal;
}

/** Runs the inspector without a browser, and gathers what both renderers make of it. */
export async function inspect(
  fetch: Fetch,
  { login = {}, colour = false, credentials, hostDocument, signal, ...plan }: InspectOptions = {},
): Promise<Inspected> {
  const target = plan.target ?? TARGET;
  const collector = createFlowCollector();
  let text = '';
  const renderer = createTextRenderer({ colour, write: (chunk) => (text += chunk) });
  let milliseconds = 0;
  const events = inspectFlow(
    // Few tests are about it, and the others count requests.
    { target, crossOrigin: false, ...plan },
    {
      fetch,
      clock: FLOW_CLOCK,
      random: systemRandom,
      elapsed: () => (milliseconds += 1),
      signal: signal ?? new AbortController().signal,
      openUserAgent: async () => headlessUserAgent(login),
      ...(credentials && { credentials }),
      ...(hostDocument && { hostDocument }),
    },
  );
  const told: FlowEvent[] = [];
  for await (const event of events) {
    told.push(event);
    collector.add(event);
    renderer.add(event);
  }
  const document = collector.document();
  return {
    document,
    text,
    events: told,
    check: (id) => document.checks.find((check) => check.id === id)?.status,
    failed: document.steps.find(({ outcome }) => outcome === 'failed'),
  };
}

/** Keeps credentials as the command does in files. */
export function credentialsInMemory(): CredentialStore & { readonly kept: Map<string, KeptCredentials> } {
  const kept = new Map<string, KeptCredentials>();
  const issuers = new Map<string, string>();
  return {
    kept,
    get: async (issuer) => kept.get(issuer),
    put: async (credentials) => void kept.set(credentials.issuer, credentials),
    delete: async (issuer) => void kept.delete(issuer),
    issuerOf: async (target) => issuers.get(target),
    putIssuer: async (target, issuer) => void issuers.set(target, issuer),
  };
}

export function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
