import fc from 'fast-check';
import { cookieName } from '../../../src/as/owner/cookies.js';
import { ISSUER } from '../support.js';
import { hostileAssertion, hostileAuthorization, hostileHeader, hostileJson, hostileText } from './values.js';

type Pairs = readonly (readonly [string, string])[];

/** A request that can still be changed, member by member. */
export interface Draft {
  readonly method: string;
  readonly path: string;
  readonly query?: Pairs;
  /** the body as a form, or */
  readonly form?: Pairs;
  /** as JSON */
  readonly json?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** what neither an event nor the body of a refusal may hold */
  readonly secrets?: readonly string[];
}

export const KEY_CLIENT = 'key-client';

/** One thing that is done to a request. A property shows those that made it fail. */
export type Mutation =
  | { readonly set: number; readonly to: string }
  | { readonly repeat: number; readonly as: string | undefined }
  | { readonly remove: number }
  | { readonly rename: number; readonly suffix: string }
  | { readonly edit: number; readonly at: number; readonly insert: string }
  | { readonly add: string; readonly value: string }
  /** text that goes into query or form as it is */
  | { readonly raw: string }
  | { readonly member: string | number; readonly json: unknown }
  | { readonly body: string | readonly number[] }
  /** a body of as many opening brackets */
  | { readonly depth: number }
  | { readonly header: string; readonly value: string }
  | { readonly segment: string }
  | { readonly method: string };

const nth = fc.nat({ max: 12 });

const PARAMETERS = [
  '__proto__',
  'constructor',
  'resource',
  'scope',
  'state',
  'prompt',
  'max_age',
  'login_hint',
  'response_mode',
  'request',
  'request_uri',
  'client_id',
  'client_secret',
  'redirect_uri',
  'code_challenge_method',
  'token_type_hint',
  'decision',
  'page',
  '_method',
];

const RAW = [
  '%',
  '%zz',
  '%FF%FE=%FF',
  'state=%ED%A0%80',
  'a[]=1&a[]=2',
  'a[b][c]=1',
  '=',
  '&&&',
  'x=%00',
  '+=+',
  '?',
  ';a=b',
];

const BODIES: readonly (string | readonly number[])[] = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '1e999',
  '{"__proto__":{"redirect_uris":["https://evil.example/"]}}',
  '{"redirect_uris":["http://127.0.0.1/"],"redirect_uris":"x"}',
  '{"client_name":"\\ud800","redirect_uris":["http://127.0.0.1/"]}',
  '<?xml version="1.0"?><x/>',
  '--x\r\ncontent-disposition: form-data; name="client_id"\r\n\r\ndemo-preset\r\n--x--',
  [0xff, 0xfe, 0x00, 0x3d, 0xff],
  [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
];

const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded; charset=utf-7',
  'application/x-www-form-urlencoded, application/json',
  'multipart/form-data; boundary=x',
  'text/plain',
  'x',
  ';',
];

const cookies = fc.oneof(
  hostileHeader,
  fc
    .tuple(fc.constantFrom<'browser' | 'session'>('browser', 'session'), hostileHeader)
    .map(([kind, value]) => `${cookieName(ISSUER, kind)}=${value}`.trim()),
  fc.constantFrom(
    ';;;',
    '=',
    '=; =',
    `${cookieName(ISSUER, 'browser')}`,
    `${cookieName(ISSUER, 'session')}="${'A'.repeat(43)}"`,
    `${cookieName(ISSUER, 'session')}=${'A'.repeat(43)}; ${cookieName(ISSUER, 'session')}=${'B'.repeat(43)}`,
    'a=b; '.repeat(500),
  ),
);

const header = fc.oneof(
  hostileAuthorization.map((value) => ({ header: 'authorization', value })),
  cookies.map((value) => ({ header: 'cookie', value })),
  fc.constantFrom(...CONTENT_TYPES).map((value) => ({ header: 'content-type', value })),
  fc.record({
    header: fc.constantFrom(
      'origin',
      'sec-fetch-site',
      'accept',
      'accept-language',
      'user-agent',
      'referer',
      'if-none-match',
      'range',
      'x-http-method-override',
      'x-forwarded-host',
      'x-forwarded-proto',
      'x-original-url',
      'forwarded',
      'mcp-protocol-version',
    ),
    value: fc.oneof(
      hostileHeader,
      fc.constantFrom('null', 'DELETE', 'http://localhost:1/"<svg>', 'https://evil.example'),
    ),
  }),
);

/** Mostly changes of a request that would be served, so that what is behind the first checks is reached too. */
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ set: nth, to: hostileText }) },
  {
    weight: 4,
    arbitrary: fc.record({
      edit: nth,
      at: fc.nat({ max: 80 }),
      insert: fc.oneof(hostileText, fc.constantFrom('/', '@', '\\', ':1', '.', '%2e')),
    }),
  },
  { weight: 2, arbitrary: fc.record({ repeat: nth, as: fc.option(hostileText, { nil: undefined }) }) },
  { weight: 1, arbitrary: fc.record({ remove: nth }) },
  {
    weight: 1,
    arbitrary: fc.record({ rename: nth, suffix: fc.constantFrom('[]', '[0]', '.x', ' ', '\0', '%00') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ add: fc.oneof(fc.constantFrom(...PARAMETERS), hostileText), value: hostileText }),
  },
  {
    weight: 1,
    arbitrary: hostileAssertion(KEY_CLIENT).map((value) => ({ add: 'client_assertion', value })),
  },
  { weight: 1, arbitrary: fc.record({ raw: fc.constantFrom(...RAW) }) },
  { weight: 4, arbitrary: fc.record({ member: fc.oneof(nth, hostileText), json: hostileJson }) },
  { weight: 1, arbitrary: fc.record({ body: fc.constantFrom(...BODIES) }) },
  { weight: 1, arbitrary: fc.constantFrom({ depth: 30_000 }, { depth: 70_000 }) },
  { weight: 3, arbitrary: header },
  {
    weight: 1,
    arbitrary: fc.record({
      segment: fc.oneof(hostileText, fc.constantFrom('%', '%FF', '..%2Ftoken', '%00')),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
    }),
  },
);

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(mutation, { minLength: 1, maxLength: 4 });

/** What is sent in the end. */
export interface Sent {
  readonly request: Request;
  /** the parameters, as a server may read them */
  readonly parameters: URLSearchParams;
  readonly secrets: readonly string[];
}

interface Shape extends Draft {
  readonly pairs: Pairs;
  readonly raw: readonly string[];
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
}

function mutated(draft: Shape, change: Mutation): Shape {
  const { pairs, json } = draft;
  const at = (index: number) => (pairs.length === 0 ? -1 : index % pairs.length);
  const changed = (index: number, by: (pair: readonly [string, string]) => Pairs): Shape => ({
    ...draft,
    pairs: pairs.flatMap((pair, position) => (position === at(index) ? by(pair) : [pair])),
  });
  if ('set' in change) return changed(change.set, ([name]) => [[name, change.to]]);
  if ('repeat' in change)
    return changed(change.repeat, ([name, value]) => [
      [name, value],
      [name, change.as ?? value],
    ]);
  if ('remove' in change) return changed(change.remove, () => []);
  if ('rename' in change) return changed(change.rename, ([name, value]) => [[name + change.suffix, value]]);
  if ('edit' in change) {
    return changed(change.edit, ([name, value]) => {
      const position = change.at % (value.length + 1);
      return [[name, value.slice(0, position) + change.insert + value.slice(position)]];
    });
  }
  if ('add' in change) return { ...draft, pairs: [...pairs, [change.add, change.value]] };
  if ('raw' in change) return { ...draft, raw: [...draft.raw, change.raw] };
  if ('member' in change) {
    if (!json) return draft;
    const names = Object.keys(json);
    const name = typeof change.member === 'number' ? names[change.member % names.length] : change.member;
    const members = new Map([...Object.entries(json), [name ?? '', change.json]]);
    return { ...draft, json: Object.fromEntries(members) };
  }
  if ('body' in change) {
    return { ...draft, body: typeof change.body === 'string' ? change.body : new Uint8Array(change.body) };
  }
  if ('depth' in change) return { ...draft, body: '['.repeat(change.depth) };
  if ('header' in change) return { ...draft, headers: { ...draft.headers, [change.header]: change.value } };
  if ('segment' in change) {
    const segment = /^%|%2F/.test(change.segment) ? change.segment : encoded(change.segment);
    return { ...draft, path: draft.path.replace(/^(\/register\/).+/, `$1${segment.slice(0, 3000)}`) };
  }
  return { ...draft, method: change.method };
}

function encoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1).replaceAll('+', '%20');
}

function urlEncoded(pairs: Pairs, raw: readonly string[]): string {
  return [...pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`), ...raw].join('&');
}

/** Applies the changes, in their order, and makes the request. */
export function requestOf(draft: Draft, changes: readonly Mutation[] = []): Sent {
  const inQuery = draft.query !== undefined;
  const start: Shape = { ...draft, pairs: draft.query ?? draft.form ?? [], raw: [], body: undefined };
  const shape = changes.reduce(mutated, start);
  const { method, path, pairs, raw, json } = shape;
  const text = urlEncoded(pairs, raw);
  // A server takes some 16 KiB of request line and headers, and tells of more by itself.
  const query = inQuery ? text.slice(0, 9000) : '';
  const usual = draft.form ? text : json && JSON.stringify(json);
  const hasBody = !['GET', 'HEAD'].includes(method);
  const body = hasBody ? (shape.body ?? usual) : undefined;
  const headers = new Headers({
    ...(draft.form && { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(json && { 'content-type': 'application/json' }),
    ...shape.headers,
  });
  const request = new Request(`${ISSUER}${path}${query === '' ? '' : `?${query}`}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  const inBody = typeof body === 'string' ? body : '';
  const parameters = method === 'POST' ? new URLSearchParams(inBody) : new URL(request.url).searchParams;
  return { request, parameters, secrets: [...(draft.secrets ?? []), ...secretsIn(parameters)] };
}

const SECRET = [
  'password',
  'client_secret',
  'code',
  'code_verifier',
  'refresh_token',
  'token',
  'client_assertion',
];

/** The values of parameters that are secret by their name, unless they are elsewhere in the open too. */
function secretsIn(parameters: URLSearchParams): readonly string[] {
  const open = [...parameters]
    .filter(([name]) => !SECRET.includes(name))
    .flat()
    .join('\n');
  return SECRET.flatMap((name) => parameters.getAll(name)).filter(
    (value) => value.length >= 16 && !open.includes(value),
  );
}
