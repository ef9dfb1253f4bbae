import { STATUS_CODES } from 'node:http';
import { mediaTypeOf } from '../../shared/http/body.js';
import type { Tone } from './diagram.js';
import type { TracedExchange } from '../trace/trace.js';

/** Nothing in a diagram is longer than this. */
const MAX_LABEL = 200;

/** What is said of an exchange in a diagram. */
export interface MessageLabels {
  readonly request: string;
  readonly response: string;
  readonly responseDetails: readonly string[];
}

type Json = TracedExchange['request']['body'];
type JsonObject = Readonly<Record<string, Json>>;

/** Short texts for one exchange: the path instead of the URL, the error instead of the body. */
export function messageLabels({
  request,
  response,
  error,
  reason_code: reason = null,
}: Pick<TracedExchange, 'request' | 'response' | 'error'> &
  Partial<Pick<TracedExchange, 'reason_code'>>): MessageLabels {
  const sent = bounded([request.method, pathOf(request.url), rpcMethod(request.body)].join(' ').trimEnd());
  if (response === null)
    return { request: sent, response: bounded(error ?? 'no answer'), responseDetails: [] };
  const { status, headers, body } = response;
  const what = refusal(status, headers, body) ?? success(status, headers, body);
  const ending = error === null ? '' : ` (${error})`;
  return {
    request: sent,
    response: bounded(`${status} ${what.label}${ending}`),
    responseDetails: [...(reason === null ? [] : [reason]), ...what.details].map(bounded),
  };
}

/** Parameters of authorization and token requests that tell which rules are kept, and how each is called. */
const TELLING_PARAMETERS: Readonly<Record<string, (value: string) => string>> = {
  grant_type: (value) => value,
  code_challenge_method: (value) => `PKCE ${value}`,
  code_verifier: () => 'code_verifier',
  scope: (value) => `scope "${value}"`,
  resource: () => 'resource',
  state: () => 'state',
  code: () => 'code',
  iss: () => 'iss',
  error: (value) => `error ${value}`,
  client_secret: () => 'client_secret',
  client_assertion: () => 'client_assertion',
};

/**
 * The parameters worth naming of a request: those of its URL and of its body, if it is a form.
 *
 * @returns as in `PKCE S256` or `resource`
 */
export function requestDetails({ request }: Pick<TracedExchange, 'request'>): readonly string[] {
  const { url, body, headers } = request;
  const query = [...(URL.parse(url)?.searchParams ?? [])];
  const form = isForm(headers) && isObject(body) ? Object.entries(body) : [];
  const given = new Map<string, unknown>([...query, ...form]);
  const details = Object.entries(TELLING_PARAMETERS).flatMap(([name, inWords]) => {
    const value = given.get(name);
    return typeof value === 'string' ? [inWords(value)] : [];
  });
  return [...details, ...callDetails(body)].map(bounded);
}

/** How the response of an exchange is meant to strike the reader. */
export function toneOf({ response, error }: TracedExchange, stepFailed: boolean): Tone {
  if (response === null || error !== null || response.status >= 500) return 'error';
  if (refusal(response.status, response.headers, response.body) === undefined) return 'ok';
  return stepFailed ? 'refused' : 'expected';
}

interface Said {
  readonly label: string;
  readonly details: readonly string[];
}

/** What a server says no with: the error of OAuth, of JSON-RPC, or only the status. */
function refusal(status: number, headers: Readonly<Record<string, string>>, body: Json): Said | undefined {
  const challenge = headers['www-authenticate'];
  const [, challenged] = /\berror="?([^",\s]+)/.exec(challenge ?? '') ?? [];
  if (challenged !== undefined) return { label: challenged, details: scopeOf(challenge) };
  const error = isObject(body) ? body['error'] : undefined;
  if (typeof error === 'string') return { label: error, details: [] };
  if (isObject(error)) return { label: `error ${String(error['code'] ?? '')}`.trim(), details: [] };
  const [, redirected] = /[?&]error=([^&#]+)/.exec(headers['location'] ?? '') ?? [];
  if (redirected !== undefined) return { label: `→ ${targetOf(headers)} ${redirected}`, details: [] };
  if (status < 400) return undefined;
  if (challenge !== undefined) {
    return { label: `${challenge.split(' ', 1)[0]!} challenge`, details: scopeOf(challenge) };
  }
  return { label: STATUS_CODES[status] ?? '', details: [] };
}

/** What a server says yes with. */
function success(status: number, headers: Readonly<Record<string, string>>, body: Json): Said {
  if (status >= 300 && headers['location'] !== undefined) {
    return { label: `→ ${targetOf(headers)}`, details: requestDetails({ request: asRequest(headers) }) };
  }
  if (mediaTypeOf(headers['content-type'] ?? null) === 'text/html') return { label: 'page', details: [] };
  const plain = { label: STATUS_CODES[status] ?? '', details: [] };
  if (!isObject(body)) return plain;
  const { issuer, authorization_servers: servers, client_id: clientId, origin } = body;
  if (typeof body['active'] === 'boolean') {
    return { label: body['active'] ? 'token active' : 'token not active', details: audienceOf(body) };
  }
  if (body['access_token'] !== undefined) return { label: 'access token', details: tokenDetails(body) };
  if (typeof issuer === 'string') return { label: 'metadata', details: [`issuer ${issuer}`] };
  if (Array.isArray(servers)) {
    return { label: 'metadata', details: servers.slice(0, 3).map((server) => `AS ${String(server)}`) };
  }
  if (typeof clientId === 'string') {
    const details = typeof origin === 'string' ? [`origin ${origin}`] : [];
    return { label: `client_id ${clientId}`, details };
  }
  return { ...plain, details: resultDetails(body['result']) };
}

function tokenDetails(body: JsonObject): readonly string[] {
  const { scope, expires_in: seconds } = body;
  return [
    ...(typeof scope === 'string' ? [`scope "${scope}"`] : []),
    ...(typeof seconds === 'number' ? [`${seconds} s`] : []),
    ...(body['refresh_token'] === undefined ? [] : ['refresh token']),
  ];
}

/** Of an introspected token, whom it is for. */
function audienceOf({ aud }: JsonObject): readonly string[] {
  const all = [aud ?? []].flat().filter((one) => typeof one === 'string');
  return all.length === 0 ? [] : [`aud ${all.join(', ')}`];
}

function resultDetails(result: Json | undefined): readonly string[] {
  if (!isObject(result)) return [];
  const { tools, protocolVersion } = result;
  if (Array.isArray(tools)) return [`${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}`];
  return typeof protocolVersion === 'string' ? [`MCP ${protocolVersion}`] : [];
}

function callDetails(body: Json): readonly string[] {
  const params = isObject(body) && rpcMethod(body) !== '' ? body['params'] : undefined;
  return isObject(params) && typeof params['name'] === 'string' ? [params['name']] : [];
}

function scopeOf(challenge: string | undefined): readonly string[] {
  const [, scope] = /\bscope="([^"]*)"/.exec(challenge ?? '') ?? [];
  return scope === undefined ? [] : [`scope "${scope}"`];
}

/** Where a redirect leads: `callback` if that is the client. */
function targetOf(headers: Readonly<Record<string, string>>): string {
  const location = headers['location'] ?? '';
  const isAnswer = /[?&](?:code|error)=/.test(location);
  return isAnswer ? 'callback' : pathOf(location);
}

function asRequest(headers: Readonly<Record<string, string>>): TracedExchange['request'] {
  return { method: 'GET', url: headers['location'] ?? '', headers: {}, body: null };
}

function pathOf(url: string): string {
  return URL.parse(url, 'http://relative.invalid')?.pathname ?? url;
}

function rpcMethod(body: Json): string {
  return isObject(body) && body['jsonrpc'] !== undefined && typeof body['method'] === 'string'
    ? body['method']
    : '';
}

function isForm(headers: Readonly<Record<string, string>>): boolean {
  return mediaTypeOf(headers['content-type'] ?? null) === 'application/x-www-form-urlencoded';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bounded(text: string): string {
  return text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text;
}
