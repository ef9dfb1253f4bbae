import { parseChallenges } from '../../shared/oauth/www-authenticate.js';
import type { Meaning, RecordedExchange } from '../record/recorded-exchange.js';
import type { FlowSoFar } from './flow-so-far.js';

/** A JSON object or form, as far as it is one. */
export type Members = Readonly<Record<string, unknown>>;

/** The exchanges of a flow, laid out for those that ask what is in it. */
export interface SeenFlow {
  readonly all: readonly RecordedExchange[];
  /** those with such a meaning, in order */
  of(meaning: Meaning): readonly RecordedExchange[];
}

/** Lays a flow out, for all that is asked of it at one time. */
export function seenIn({ exchanges }: Pick<FlowSoFar, 'exchanges'>): SeenFlow {
  const all = exchanges.map(({ exchange }) => exchange);
  const byMeaning = new Map<Meaning, RecordedExchange[]>();
  for (const exchange of all) {
    const others = byMeaning.get(exchange.meaning);
    if (others) others.push(exchange);
    else byMeaning.set(exchange.meaning, [exchange]);
  }
  return { all, of: (meaning) => byMeaning.get(meaning) ?? [] };
}

/** The members of a body that is a JSON object or a form; none of any other. */
export function membersOf(body: unknown): Members {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Members) : {};
}

/** A member that is a text. */
export function textOf(members: Members, name: string): string | undefined {
  const value = members[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts in a member that is a list, or is one text. */
export function textsOf(members: Members, name: string): readonly string[] {
  const value = members[name];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one): one is string => typeof one === 'string' && one !== '');
}

/** What an exchange's request says: its query, and over that its body. */
export function sentIn({ request }: RecordedExchange): Members {
  const query = URL.parse(request.url)?.searchParams;
  return { ...(query && Object.fromEntries(query)), ...membersOf(request.body) };
}

/** The members of the answer; none where it has no JSON object. */
export function answeredIn({ response }: RecordedExchange): Members {
  return membersOf(response?.body);
}

/** The query of the URL that the answer redirects to; a path alone leads to a page of the same server, and not to a client. */
export function callbackOf({ response }: RecordedExchange): URLSearchParams | undefined {
  const location = response?.headers['location'];
  return location === undefined ? undefined : URL.parse(location)?.searchParams;
}

/** The status of the answer; 0 where there was none. */
export function statusOf({ response }: RecordedExchange): number {
  return response?.status ?? 0;
}

/** Whether it was answered as its sender wanted. */
export function isGood(exchange: RecordedExchange): boolean {
  const status = statusOf(exchange);
  return status >= 200 && status < 300 && textOf(answeredIn(exchange), 'error') === undefined;
}

/** The parameters of the Bearer challenge, if there is one. */
export function challengeOf({ response }: RecordedExchange): Readonly<Record<string, string>> | undefined {
  const header = response?.headers['www-authenticate'];
  if (header === undefined) return undefined;
  return parseChallenges(header)?.find(({ scheme }) => scheme === 'bearer')?.parameters;
}

/** The error code of the answer: of its body, of where it redirects to, or of its challenge. */
export function errorOf(exchange: RecordedExchange): string | undefined {
  return (
    textOf(answeredIn(exchange), 'error') ??
    callbackOf(exchange)?.get('error') ??
    challengeOf(exchange)?.['error']
  );
}

/** Successful registrations; what has been deleted again is among them. */
export function registrationsIn(seen: SeenFlow): readonly RecordedExchange[] {
  return seen
    .of('registration')
    .filter(
      (exchange) =>
        exchange.request.method === 'POST' && isGood(exchange) && issuedIn(exchange) !== undefined,
    );
}

/** The client_id that the answer to a registration gave. */
export function issuedIn(exchange: RecordedExchange): string | undefined {
  return exchange.gave.client_id ?? textOf(answeredIn(exchange), 'client_id');
}

/** Token requests of a grant type. */
export function tokenRequestsIn(seen: SeenFlow, grantType: string): readonly RecordedExchange[] {
  return seen
    .of('token-request')
    .filter(
      (exchange) => (textOf(sentIn(exchange), 'grant_type') ?? exchange.facts.grant_type) === grantType,
    );
}

/** Codes that were turned into tokens: the logins that came to their end. */
export function loginsIn(seen: SeenFlow): readonly RecordedExchange[] {
  return tokenRequestsIn(seen, 'authorization_code').filter(isGood);
}

/** How long the access token lives, in seconds; undefined where the answer does not say. */
export function lifeOf(exchange: RecordedExchange): number | undefined {
  const said = exchange.facts.expires_in ?? answeredIn(exchange)['expires_in'];
  return typeof said === 'number' ? said : undefined;
}

/** An exchange in a few words, as in `POST /token → 400 invalid_grant (code_unknown)`. */
export function inWords(exchange: RecordedExchange): string {
  const path = URL.parse(exchange.request.url)?.pathname ?? '';
  const error = errorOf(exchange);
  const reason = exchange.reason_code === null ? '' : ` (${exchange.reason_code})`;
  const status = exchange.response === null ? (exchange.error ?? 'no answer') : exchange.response.status;
  return `${exchange.request.method} ${path} → ${status}${error === undefined ? '' : ` ${error}`}${reason}`;
}
