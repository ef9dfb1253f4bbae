import { mediaTypeOf } from '../../shared/http/body.js';
import { missingScopes, parseScope } from '../../shared/oauth/scope.js';
import type { StepCheck } from '../context.js';
import type { HttpResponse } from '../exchange/exchange.js';
import { isScope } from './challenge.js';
import { checked, cut, headerEvidence, isNoStore, memberEvidence } from './checked.js';
import { bitsEvidence, ENOUGH_BITS, possibleBits } from './entropy.js';
import type { DecodedJwt } from './jwt.js';

/** The members of a token response that rules speak of, as they came. */
export interface TokenMembers {
  readonly access_token?: unknown;
  readonly token_type?: unknown;
  readonly expires_in?: unknown;
  readonly refresh_token?: unknown;
  readonly scope?: unknown;
}

/** What is known beside the response. */
export interface TokenCircumstances {
  /** the scope that was asked for */
  readonly asked: string | undefined;
  /** `grant_types_supported` of the authorization server */
  readonly grantTypes: readonly string[] | undefined;
  /** the access token, if it is a JWT */
  readonly jwt: DecodedJwt | undefined;
}

/** What a successful token response settles. */
export function checkTokenResponse(
  response: HttpResponse,
  members: TokenMembers,
  circumstances: TokenCircumstances,
): readonly StepCheck[] {
  const { headers } = response;
  return [
    ...checkToken(members, circumstances),
    checked(
      'as.token-json',
      mediaTypeOf(headers.get('content-type')) === 'application/json',
      headerEvidence(headers, 'content-type'),
    ),
    checked('as.token-no-store', isNoStore(headers), headerEvidence(headers, 'cache-control')),
    ...checkLifetime(members),
    ...checkRefreshToken(members, circumstances),
    ...checkScope(members.scope, circumstances),
  ];
}

/** The characters of a bearer token. */
const B64_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
/** Many servers take 8 KiB for all headers together. */
const LONG_TOKEN = 4096;

function checkToken(
  { access_token: token, token_type: type }: TokenMembers,
  { jwt }: TokenCircumstances,
): readonly StepCheck[] {
  const text = typeof token === 'string' && token !== '' ? token : undefined;
  const length = text === undefined ? 'no access_token' : `access_token of ${text.length} characters`;
  return [
    checked(
      'as.token-type',
      text !== undefined && typeof type === 'string' && type.toLowerCase() === 'bearer',
      `access_token ${text === undefined ? 'missing' : 'present'}, ${memberEvidence('token_type', type)}`,
    ),
    checked('as.token-characters', text === undefined ? undefined : B64_TOKEN.test(text), length),
    checked('as.token-length', text === undefined ? undefined : text.length <= LONG_TOKEN, length),
    checked(
      'as.token-entropy',
      text === undefined || jwt ? undefined : possibleBits(text) >= ENOUGH_BITS,
      jwt ? 'a JWT, which is signed' : text === undefined ? length : bitsEvidence('access_token', text),
    ),
  ];
}

/** An hour, in seconds. */
const SHORT_LIVED = 3600;
/** VS Code gets a new token when no more than this is left of the old one, in seconds. */
const RENEWED_BEFORE = 300;

function checkLifetime({
  expires_in: expiresIn,
  refresh_token: refresh,
}: TokenMembers): readonly StepCheck[] {
  const evidence = memberEvidence('expires_in', expiresIn);
  const seconds = typeof expiresIn === 'number' && expiresIn > 0 ? expiresIn : undefined;
  const tooShort = seconds !== undefined && seconds <= RENEWED_BEFORE;
  const renewable = typeof refresh === 'string' && refresh !== '';
  return [
    checked('as.token-expires-in', seconds !== undefined, evidence),
    checked(
      'as.token-expires-in-number',
      expiresIn === undefined ? undefined : Number.isInteger(expiresIn) && Number(expiresIn) >= 0,
      evidence,
    ),
    checked('as.token-short-lived', seconds === undefined ? undefined : seconds <= SHORT_LIVED, evidence),
    checked('as.token-outlives-margin', seconds === undefined ? undefined : !tooShort, evidence),
    checked(
      'as.token-renewable',
      tooShort ? renewable : undefined,
      `${evidence}, ${renewable ? 'with' : 'without'} a refresh token`,
    ),
  ];
}

function checkRefreshToken(
  { refresh_token: refresh }: TokenMembers,
  { grantTypes }: TokenCircumstances,
): readonly StepCheck[] {
  const text = typeof refresh === 'string' && refresh !== '' ? refresh : undefined;
  return [
    checked(
      'as.refresh-token',
      text !== undefined,
      text !== undefined ? 'present' : 'none: when the token ends, the user signs in again',
    ),
    checked(
      'as.refresh-token-entropy',
      text === undefined ? undefined : possibleBits(text) >= ENOUGH_BITS,
      text === undefined ? 'no refresh token' : bitsEvidence('refresh_token', text),
    ),
    checked(
      'as.refresh-advertised',
      text === undefined ? undefined : grantTypes?.includes('refresh_token'),
      `${text === undefined ? 'no refresh token' : 'a refresh token came'}, ${memberEvidence('grant_types_supported', grantTypes)}`,
    ),
  ];
}

function checkScope(scope: unknown, { asked, jwt }: TokenCircumstances): readonly StepCheck[] {
  const granted = typeof scope === 'string' ? scope : undefined;
  const evidence = `${memberEvidence('scope', scope)}, asked for ${asked === undefined ? 'none' : cut(asked)}`;
  const inside = jwt?.claims['scope'];
  const silent = granted === undefined && asked !== undefined && typeof inside === 'string';
  const wider =
    granted === undefined || asked === undefined
      ? undefined
      : missingScopes(parseScope(granted) ?? [], parseScope(asked) ?? []);
  return [
    checked(
      'as.token-scope-reported',
      granted !== undefined ? true : silent ? isSameScope(inside, asked) : undefined,
      silent ? `${evidence}; the token itself says ${cut(inside)}` : evidence,
    ),
    checked('as.token-scope-syntax', scope === undefined ? undefined : isScope(granted ?? ''), evidence),
    checked('as.token-scope-not-wider', wider && wider.length === 0, evidence),
  ];
}

/** Scopes that are for the authorization server: a token for another resource need not have them. */
const OF_THE_SERVER: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
]);

function isSameScope(one: string, other: string): boolean {
  const [first, second] = [one, other].map((scope) =>
    scope.split(' ').filter((token) => !OF_THE_SERVER.has(token)),
  ) as [string[], string[]];
  return missingScopes(first, second).length === 0 && missingScopes(second, first).length === 0;
}
