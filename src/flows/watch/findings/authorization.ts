import type { RecordedExchange } from '../../record/recorded-exchange.js';
import { SPEC } from '../../specification/spec.js';
import { isRefusedAsUnknown } from '../route.js';
import {
  answeredIn,
  callbackOf,
  errorOf,
  inWords,
  registrationsIn,
  sentIn,
  statusOf,
  textOf,
  textsOf,
} from '../seen-flow.js';
import { isAboutRedirectUris } from './registration.js';
import { clientInWords, type FindingContext, type FindingRule, type Found } from './rule.js';

/** What is worth knowing of how a client sends its user to sign in. */
export const AUTHORIZATION_FINDINGS: readonly FindingRule[] = [
  { id: 'redirect-uri-refused', severity: 'problem', spec: SPEC.nativeRedirect, look: redirectUriRefused },
  { id: 'missing-pkce', severity: 'problem', spec: SPEC.codeProtection, look: missingPkce },
  { id: 'authorization-refused', severity: 'problem', spec: SPEC.authorizationError, look: refused },
  { id: 'user-denied', severity: 'notice', spec: SPEC.authorizationError, look: userDenied },
  { id: 'login-abandoned', severity: 'notice', spec: null, look: loginAbandoned },
  { id: 'code-not-redeemed', severity: 'problem', spec: SPEC.tokenRequest, look: codeNotRedeemed },
];

function redirectUriRefused(context: FindingContext): Found | undefined {
  const atRegistration = context.seen
    .of('registration')
    .filter((exchange) => statusOf(exchange) >= 400 && isAboutRedirectUris(exchange));
  const atAuthorization = context.seen
    .of('authorization-request')
    .filter(({ reason_code }) => (reason_code ?? '').startsWith('redirect_uri'));
  const last = [...atRegistration, ...atAuthorization].toSorted((one, other) => one.at - other.at).at(-1);
  if (!last) return undefined;
  const asked = last.brought.redirect_uri;
  const registered = registrationsIn(context.seen).flatMap((exchange) =>
    textsOf(answeredIn(exchange), 'redirect_uris'),
  );
  const byPort = registered.some((uri) => asked !== undefined && differOnlyInPort(uri, asked));
  const why = textOf(answeredIn(last), 'error_description');
  const isRegistration = last.meaning === 'registration';
  return {
    what: `a redirect URI of ${context.program ?? 'the client'} was refused${why === undefined ? '' : `: ${why}`}`,
    evidence: [
      inWords(last),
      ...(isRegistration
        ? [`it registered ${textsOf(sentIn(last), 'redirect_uris').join(', ')}`]
        : [
            `it asked for ${asked ?? 'none'}`,
            ...(registered.length > 0 ? [`registered are ${registered.join(', ')}`] : []),
          ]),
    ],
    who: isRegistration || byPort ? 'as' : 'client',
    change: redirectChange(context, isRegistration, byPort),
  };
}

function redirectChange({ program }: FindingContext, isRegistration: boolean, byPort: boolean): string {
  if (byPort) {
    return `leave the port of a loopback redirect URI out of the comparison: ${
      program === 'VS Code'
        ? 'VS Code takes another one where 33418 is in use'
        : 'a program on the user’s machine listens where it finds room'
    }`;
  }
  if (!isRegistration) return 'send one of the redirect URIs that are registered, as it is spelled there';
  return program === 'Cursor'
    ? 'allow all three redirect URIs of Cursor, cursor:// among them: where one is refused, its whole registration is'
    : 'allow https, http on loopback, and the private schemes of editors';
}

function differOnlyInPort(one: string, other: string): boolean {
  const [first, second] = [URL.parse(one), URL.parse(other)];
  if (!first || !second || first.port === second.port) return false;
  second.port = first.port;
  return first.href === second.href;
}

/** The requests of a client for authorization: not those of the pages that follow. */
function requestsIn({ seen }: FindingContext): readonly RecordedExchange[] {
  return seen
    .of('authorization-request')
    .filter((exchange) => exchange.brought.client_id !== undefined || exchange.brought.state !== undefined);
}

function missingPkce(context: FindingContext): Found | undefined {
  const without = requestsIn(context).filter((exchange) => {
    const sent = sentIn(exchange);
    return (
      textOf(sent, 'response_type') === 'code' &&
      (sent['code_challenge'] === undefined || (sent['code_challenge_method'] ?? 'plain') !== 'S256')
    );
  });
  const last = without.at(-1);
  if (!last) return undefined;
  const plain = sentIn(last)['code_challenge'] !== undefined;
  return {
    what: `${clientInWords(context)} asked for a code ${plain ? 'with a challenge that is not S256' : 'without PKCE'}`,
    evidence: [
      inWords(last),
      plain
        ? `code_challenge_method is ${String(sentIn(last)['code_challenge_method'] ?? 'absent, which means plain')}`
        : 'there is no code_challenge',
    ],
    who: 'client',
    change: 'send code_challenge with code_challenge_method=S256, and code_verifier with the token request',
  };
}

/** Refusals that no other finding tells of. */
function refused(context: FindingContext): Found | undefined {
  const last = requestsIn(context).findLast(
    (exchange) =>
      (errorOf(exchange) !== undefined || statusOf(exchange) >= 400) &&
      errorOf(exchange) !== 'access_denied' &&
      !isRefusedAsUnknown(exchange) &&
      !/^(redirect_uri|document_|client_id_url_invalid|pkce_)/.test(exchange.reason_code ?? ''),
  );
  if (!last) return undefined;
  const error = errorOf(last);
  const why = callbackOf(last)?.get('error_description');
  return {
    what: `the authorization server refused the authorization request${error === undefined ? '' : ` with ${error}`}${why ? `: ${why}` : ''}`,
    evidence: [inWords(last)],
    who: statusOf(last) >= 500 ? 'as' : 'client',
    change:
      error === 'invalid_scope'
        ? 'ask for scopes that the metadata lists; servers do best not to bind a client to the scope of its registration'
        : 'change what the reason names; docs/refusals.md has each reason code of this project’s servers',
  };
}

function userDenied({ seen }: FindingContext): Found | undefined {
  const denied = seen.all.find((exchange) => callbackOf(exchange)?.get('error') === 'access_denied');
  if (!denied) return undefined;
  return {
    what: 'the user did not allow it',
    evidence: [inWords(denied)],
    who: 'user',
    change: 'allow it in the next attempt, if it was not meant',
  };
}

function loginAbandoned(context: FindingContext): Found | undefined {
  const { ended, seen } = context;
  const shown = requestsIn(context).at(-1);
  if (!ended || !shown || statusOf(shown) >= 400 || statusOf(shown) === 0) return undefined;
  const answered = seen.all.some(
    (exchange) => callbackOf(exchange)?.has('code') === true || callbackOf(exchange)?.has('error') === true,
  );
  if (answered || seen.of('token-request').some(({ at }) => at > shown.at)) return undefined;
  const pages = seen.of('sign-in').filter(({ at }) => at > shown.at);
  const wrong = pages.filter(({ reason_code }) => reason_code !== null);
  return {
    what: 'the user was asked to sign in, and did not come to the end of it',
    evidence: [
      inWords(shown),
      pages.length === 0
        ? 'no page after the first was asked for'
        : `the last page: ${inWords(pages.at(-1) ?? shown)}`,
      ...wrong.map((exchange) => `refused: ${inWords(exchange)}`),
    ],
    who: 'user',
    change: 'sign in and decide; clients wait for some minutes only, and begin anew after that',
  };
}

function codeNotRedeemed(context: FindingContext): Found | undefined {
  const { ended, seen } = context;
  const given = seen.all.findLast((exchange) => callbackOf(exchange)?.has('code') === true);
  if (!ended || !given) return undefined;
  if (seen.of('token-request').some(({ at }) => at >= given.at)) return undefined;
  return {
    what: `${clientInWords(context)} was given a code, and never redeemed it`,
    evidence: [
      `${inWords(given)}, back to ${new URL(given.response?.headers['location'] ?? '', given.request.url).origin}`,
    ],
    who: 'client',
    change:
      'see whether anything listens at the redirect URI, and whether the client refused the answer: for its state, or for an iss that is not the issuer it knows',
  };
}
