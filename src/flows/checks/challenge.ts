import { parseScope } from '../../shared/oauth/scope.js';
import type { Challenge } from '../../shared/oauth/www-authenticate.js';
import type { StepCheck } from '../context.js';
import type { HttpResponse } from '../exchange/exchange.js';
import { checked, cut, headerEvidence, isSecureUrl } from './checked.js';

/** The characters of `error` and `error_description`. */
const ERROR_CHARACTERS = /^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/;

/** What a request without a token was answered with. */
export interface ChallengeFacts {
  readonly response: HttpResponse;
  /** undefined if the header is malformed or missing */
  readonly challenges: readonly Challenge[] | undefined;
  readonly bearer: Challenge | undefined;
}

/** The status, which is settled even where there is no challenge to read. */
export function checkChallengeStatus(status: number): StepCheck {
  return checked('rs.challenge-status', status === 401, String(status));
}

/** What a 401 to a request without a token settles. */
export function checkChallenge({ response, challenges, bearer }: ChallengeFacts): readonly StepCheck[] {
  const raw = response.headers.get('www-authenticate');
  const header = headerEvidence(response.headers, 'www-authenticate');
  const { resource_metadata: metadata, scope, error } = bearer?.parameters ?? {};
  return [
    checkChallengeStatus(response.status),
    checked(
      'rs.challenge-bearer',
      bearer !== undefined || (challenges === undefined && namesBearer(raw)),
      `${response.status}, ${cut(header)}`,
    ),
    ...checkSyntax(raw, challenges),
    ...checkMetadataUrl(metadata),
    ...checkScope(scope),
    checked(
      'rs.challenge-no-error',
      error === undefined,
      error === undefined ? 'no error' : `error=${error}`,
    ),
    checkErrorSyntax(bearer),
  ];
}

/** Of a header that can't be parsed: its grammar is a matter of its own. */
function namesBearer(header: string | null): boolean {
  return header !== null && /(?:^|,)[ \t]*bearer\b/i.test(header);
}

function checkSyntax(
  header: string | null,
  challenges: readonly Challenge[] | undefined,
): readonly StepCheck[] {
  const evidence = header === null ? 'no www-authenticate header' : cut(header);
  const outsideOfQuotes = header?.replace(/"(?:[^"\\]|\\.)*"/g, '""') ?? '';
  const realm = /(?<![\w-])realm[ \t]*=[ \t]*("?)/i.exec(outsideOfQuotes);
  return [
    checked('rs.challenge-syntax', header === null ? undefined : challenges !== undefined, evidence),
    checked('rs.challenge-realm-quoted', realm ? realm[1] === '"' : undefined, realm ? evidence : 'no realm'),
  ];
}

function checkMetadataUrl(metadata: string | undefined): readonly StepCheck[] {
  const evidence = metadata === undefined ? 'no resource_metadata' : `resource_metadata=${cut(metadata)}`;
  return [
    checked('rs.challenge-resource-metadata', metadata !== undefined, evidence),
    checked(
      'rs.challenge-metadata-url',
      metadata === undefined ? undefined : isSecureUrl(metadata),
      evidence,
    ),
  ];
}

function checkScope(scope: string | undefined): readonly StepCheck[] {
  const evidence = scope === undefined ? 'no scope' : `scope=${cut(scope)}`;
  return [
    checked('rs.challenge-scope', scope !== undefined, evidence),
    checked('rs.challenge-scope-syntax', scope === undefined ? undefined : isScope(scope), evidence),
    ...(scope === undefined ? [] : [offlineAccess(scope.split(' '), 'the challenge')]),
  ];
}

/** Whether a text is a list of scope tokens as it goes over the wire: one space between two of them, and none else. */
export function isScope(text: string): boolean {
  return text !== '' && parseScope(text) !== undefined && !/^ | {2}| $/.test(text);
}

function checkErrorSyntax(bearer: Challenge | undefined): StepCheck {
  const { error, error_description: description } = bearer?.parameters ?? {};
  const texts = [error, description].filter((text) => text !== undefined);
  return checked(
    'rs.challenge-error-syntax',
    texts.length === 0 ? undefined : texts.every((text) => ERROR_CHARACTERS.test(text)),
    texts.length === 0 ? 'no error' : cut(texts.join(', ')),
  );
}

/** Refresh tokens are a matter between client and authorization server; a resource does not need them. */
export function offlineAccess(scopes: readonly string[], where: string): StepCheck {
  const named = scopes.includes('offline_access');
  return checked('rs.no-offline-access', !named, `${where} names ${cut(scopes.join(' ')) || 'no scope'}`);
}
