import type { RecordedExchange } from '../record/recorded-exchange.js';
import { type Attempt, isDiscovering } from './attempt.js';
import type { Directory } from './directory.js';
import { KEY, requestKey, WAIT } from './keys.js';
import { likeliestOf } from './likeliest.js';
import {
  isNameless,
  isOfOtherOrigin,
  mayBeOneProgram,
  type Origin,
  originInWords,
  originOf,
} from './origin.js';
import { hasToken, isRefused } from './traits.js';

/** Whose an exchange is, and what shows it, in words. */
export interface Link {
  readonly attempt: Attempt;
  readonly by: string;
}

/**
 * Whose an exchange is. `begin`: nobody's so far, and a flow begins with it. `hold`: it will show, if somebody comes.
 * `ignore`: it is part of no flow.
 */
export type Linked = Link | 'begin' | 'hold' | 'ignore';

/** So long may somebody wait whom nothing but the order tells from others, in milliseconds. */
const PATIENCE = 5 * 60_000;
/** So soon goes on whoever has a second look, in milliseconds. */
const AT_ONCE = 10_000;

/** Finds out whose an exchange is: by what only one attempt can have, and where there is no such thing by the order. */
export function link(exchange: RecordedExchange, directory: Directory): Linked {
  const origin = originOf(exchange);
  const seek: Seek = { exchange, origin, directory };
  const look = lookAsPage(seek);
  if (look) return look;
  switch (exchange.meaning) {
    case 'mcp':
      return hasToken(exchange) ? withToken(seek) : withoutToken(seek);
    case 'resource-metadata':
    case 'authorization-server-metadata':
      return exchange.from === 'rs' ? 'ignore' : discovery(seek, exchange.meaning);
    case 'misdirected':
      return exchange.from === 'rs' ? 'ignore' : misdirected(seek);
    case 'registration':
      return registration(seek);
    case 'authorization-request':
      return authorization(seek);
    case 'sign-in':
      return signIn(seek);
    case 'token-request':
      return tokenRequest(seek);
    case 'introspection':
      return byKey(seek, 'accessToken', 'access token') ?? 'hold';
    case 'revocation':
      return revocation(seek) ?? 'ignore';
    case 'lever':
      return ofClient(seek) ?? 'ignore';
    case 'client-configuration':
      return ofClient(seek) ?? byConnection(seek, () => true) ?? 'ignore';
    case 'preflight':
      // After a refusal the request that it asked for never comes.
      return (
        (isRefused(exchange) ? newest(seek, ({ outcome }) => outcome === undefined) : undefined) ?? 'hold'
      );
    default:
      return 'ignore';
  }
}

interface Seek {
  readonly exchange: RecordedExchange;
  readonly origin: Origin;
  readonly directory: Directory;
}

/**
 * A look at what the servers would allow a page, by a program that is none and has done its work: our inspect-flow has
 * such a look at the end.
 */
function lookAsPage(seek: Seek): Link | undefined {
  const { exchange } = seek;
  if (!isOfOtherOrigin(exchange) || hasToken(exchange) || !LOOKS.has(exchange.meaning)) return undefined;
  const isDone = ({ had, updatedAt, kept }: Attempt) =>
    had.has('accepted') &&
    exchange.at - updatedAt <= AT_ONCE &&
    !kept.some((one) => hasToken(one.exchange) && isOfOtherOrigin(one.exchange));
  return byConnection(seek, isDone) ?? newest(seek, isDone);
}

const LOOKS: ReadonlySet<RecordedExchange['meaning']> = new Set([
  'mcp',
  'preflight',
  'resource-metadata',
  'authorization-server-metadata',
]);

function withToken(seek: Seek): Linked {
  const found = byKey(seek, 'accessToken', 'access token') ?? byKey(seek, 'session', 'session');
  if (found) return found;
  const { client_id: clientId } = seek.exchange.brought;
  return (
    (clientId === undefined
      ? undefined
      : waiting(seek, WAIT.client('use', clientId), `client_id ${clientId}`)) ??
    byConnection(seek, isDiscovering) ??
    'begin'
  );
}

function withoutToken(seek: Seek): Linked {
  const asks = (attempt: Attempt) =>
    isDiscovering(attempt) || (attempt.outcome === 'not-protected' && !isRefused(seek.exchange));
  const found =
    byKey(seek, 'session', 'session') ??
    byConnection(seek, asks) ??
    late(seek, WAIT.step('late challenge', seek.origin));
  if (found) return found;
  return (isRefused(seek.exchange) ? undefined : newest(seek, asks)) ?? 'begin';
}

function discovery(seek: Seek, step: 'resource-metadata' | 'authorization-server-metadata'): Linked {
  // Who may still refresh looks around before that; whoever cannot starts anew.
  const goesOn = ({ outcome, bearerRefused, had }: Attempt) =>
    bearerRefused ? had.has('refresh-token') : outcome === undefined;
  return (
    byConnection(seek, goesOn) ??
    waiting(seek, WAIT.step(step, seek.origin), inOrder(seek)) ??
    late(seek, WAIT.step(`late ${step}`, seek.origin)) ??
    newest(seek, goesOn) ??
    'hold'
  );
}

function misdirected(seek: Seek): Linked {
  return (
    byConnection(seek, ({ outcome }) => outcome === undefined) ??
    newest(seek, isDiscovering) ??
    waiting(seek, WAIT.stepOf('authorization', seek.origin), inOrderOfAddress(seek)) ??
    'hold'
  );
}

function registration(seek: Seek): Linked {
  return (
    byConnection(seek, (attempt) => isDiscovering(attempt) && attempt.clientId === undefined) ??
    waiting(seek, WAIT.step('registration', seek.origin), inOrder(seek)) ??
    (isNameless(seek.origin)
      ? waiting(seek, WAIT.stepOf('registration', seek.origin), inOrderOfAddress(seek))
      : undefined) ??
    'begin'
  );
}

function authorization(seek: Seek): Linked {
  const { exchange, origin, directory } = seek;
  const { client_id: clientId } = exchange.brought;
  const same = directory.find(requestKey(exchange));
  if (same) return { attempt: same, by: 'state and code_challenge' };
  return (
    (clientId === undefined
      ? undefined
      : waiting(seek, WAIT.client('authorization', clientId), `client_id ${clientId}`)) ??
    byConnection(seek, (attempt) => isDiscovering(attempt) && attempt.clientId === undefined) ??
    likeliest(seek, WAIT.stepOf('authorization', origin)) ??
    'begin'
  );
}

function signIn(seek: Seek): Linked {
  const { brought, gave } = seek.exchange;
  const { client_id: clientId } = brought;
  const { state } = gave;
  const page =
    byKey(seek, 'page', 'sign-in page') ??
    byConnection(seek, ({ had }) => had.has('authorization') && !had.has('code'));
  if (page || clientId === undefined) return page ?? 'ignore';
  const stated = state === undefined ? undefined : seek.directory.find(KEY.state(clientId, state));
  if (stated) return { attempt: stated, by: 'state' };
  return waiting(seek, WAIT.client('code', clientId), `client_id ${clientId}`) ?? 'ignore';
}

function tokenRequest(seek: Seek): Linked {
  const { client_id: clientId, code, refresh_token: refreshToken } = seek.exchange.brought;
  const found = byKey(seek, 'code', 'code') ?? byKey(seek, 'refreshToken', 'refresh token');
  if (found) return found;
  if (refreshToken !== undefined) {
    const refused =
      waiting(seek, WAIT.step('refresh', seek.origin), inOrder(seek)) ??
      (isNameless(seek.origin)
        ? waiting(seek, WAIT.stepOf('refresh', seek.origin), inOrderOfAddress(seek))
        : undefined);
    if (refused) return refused;
  }
  if (code === undefined && refreshToken === undefined) {
    const own =
      byConnection(seek, isDiscovering) ?? waiting(seek, WAIT.step('token', seek.origin), inOrder(seek));
    if (own) return own;
  }
  return (
    (clientId === undefined
      ? undefined
      : waiting(seek, WAIT.client('token', clientId), `client_id ${clientId}`)) ??
    byConnection(seek, ({ outcome, had }) => outcome === undefined && !had.has('token')) ??
    'begin'
  );
}

function revocation(seek: Seek): Link | undefined {
  const { directory, exchange } = seek;
  const { access_token: token } = exchange.brought;
  const refresh = token === undefined ? undefined : directory.find(KEY.refreshToken(token));
  if (refresh) return { attempt: refresh, by: `refresh token ${token}` };
  return (
    byKey(seek, 'accessToken', 'access token') ??
    byKey(seek, 'refreshToken', 'refresh token') ??
    byConnection(seek, ({ had }) => had.has('token')) ??
    ofClient(seek)
  );
}

const MEMBER = {
  accessToken: 'access_token',
  refreshToken: 'refresh_token',
  code: 'code',
  session: 'session',
  page: 'interaction',
} as const;

function byKey({ exchange, directory }: Seek, kind: keyof typeof MEMBER, inWords: string): Link | undefined {
  const value = exchange.brought[MEMBER[kind]];
  const attempt = value === undefined ? undefined : directory.find(KEY[kind](value));
  return attempt && { attempt, by: `${inWords} ${value}` };
}

/** Of the same connection, whose attempt fits; one that was told of late fits where nothing speaks against it. */
function byConnection(
  { exchange, origin, directory }: Seek,
  fits: (attempt: Attempt) => boolean,
): Link | undefined {
  const { connection } = origin;
  const attempt = connection === undefined ? undefined : directory.find(KEY.connection(connection));
  if (!attempt || !(fits(attempt) || isOfItsTime(exchange, attempt))) return undefined;
  if (exchange.from === 'client' && attempt.origin && !mayBeOneProgram(attempt.origin, origin))
    return undefined;
  return { attempt, by: `connection from ${connection}` };
}

/** Whether a request was sent while an attempt was under way, by whom that was, as far as both say so. */
function isOfItsTime({ at, brought, gave }: RecordedExchange, attempt: Attempt): boolean {
  const clientId = gave.client_id ?? brought.client_id;
  const isSame = clientId === undefined || attempt.clientId === undefined || clientId === attempt.clientId;
  return isSame && attempt.startedAt <= at && at < attempt.updatedAt;
}

function newest({ origin, directory }: Seek, fits: (attempt: Attempt) => boolean): Link | undefined {
  const attempt = directory.find(KEY.newest(origin));
  return attempt && fits(attempt) ? { attempt, by: `newest from ${originInWords(origin)}` } : undefined;
}

function ofClient({ exchange, directory }: Seek): Link | undefined {
  const { client_id: clientId } = exchange.brought;
  const attempt = clientId === undefined ? undefined : directory.find(KEY.client(clientId));
  return attempt && { attempt, by: `client_id ${clientId}` };
}

const hasWaitedTooLong =
  ({ exchange }: Seek) =>
  ({ updatedAt }: Attempt) =>
    exchange.at - updatedAt > PATIENCE;

function waiting(seek: Seek, what: string, by: string): Link | undefined {
  const { directory } = seek;
  const isOver = hasWaitedTooLong(seek);
  const attempt = directory.firstWaiting(what, (one) => !isOver(one), isOver);
  return attempt && { attempt, by };
}

function likeliest(seek: Seek, what: string): Link | undefined {
  const attempt = likeliestOf(what, seek.exchange, seek.directory, hasWaitedTooLong(seek));
  return attempt && { attempt, by: inOrderOfAddress(seek) };
}

/** An exchange that was told of late, of an attempt that is further by now. */
function late(seek: Seek, what: string): Link | undefined {
  const { at } = seek.exchange;
  const attempt = seek.directory.firstWaiting(
    what,
    ({ startedAt }) => at < startedAt && startedAt - at <= PATIENCE,
    ({ startedAt }) => at - startedAt > PATIENCE,
  );
  return attempt && { attempt, by: inOrder(seek) };
}

function inOrder({ origin }: Seek): string {
  return `order, ${originInWords(origin)}`;
}

function inOrderOfAddress({ origin: { address } }: Seek): string {
  return address === '' ? 'order alone' : `order, address ${address}`;
}
