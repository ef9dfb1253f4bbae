import type { RecordedExchange } from '../../record/recorded-exchange.js';
import { SPEC } from '../../specification/spec.js';
import { isRefusedAsUnknown } from '../route.js';
import { answeredIn, errorOf, inWords, isGood, textOf, tokenRequestsIn } from '../seen-flow.js';
import { clientInWords, type FindingContext, type FindingRule, type Found } from './rule.js';

/** What is worth knowing of how a client asks for tokens. */
export const TOKEN_FINDINGS: readonly FindingRule[] = [
  { id: 'pkce-verifier-wrong', severity: 'problem', spec: SPEC.pkce, look: verifierWrong },
  {
    id: 'client-authentication-refused',
    severity: 'problem',
    spec: SPEC.clientAuthentication,
    look: authenticationRefused,
  },
  { id: 'code-exchange-failed', severity: 'problem', spec: SPEC.tokenError, look: codeExchangeFailed },
  { id: 'refresh-token-replayed', severity: 'problem', spec: SPEC.refreshReplay, look: refreshReplayed },
  { id: 'refresh-refused', severity: 'notice', spec: SPEC.refreshGrant, look: refreshRefused },
];

const VERIFIER = ['pkce_verifier_mismatch', 'code_verifier_missing'];

function verifierWrong({ seen }: FindingContext): Found | undefined {
  const wrong = seen.of('token-request').findLast(isAboutVerifier);
  if (!wrong) return undefined;
  return {
    what: 'the code_verifier is not the one that belongs to the code_challenge',
    evidence: sentences(wrong),
    who: 'client',
    change:
      'keep the verifier with the request that it was made for; several sign-ins at once each need their own',
  };
}

function isAboutVerifier(exchange: RecordedExchange): boolean {
  if (exchange.reason_code !== null) return VERIFIER.includes(exchange.reason_code);
  const words = textOf(answeredIn(exchange), 'error_description') ?? '';
  return errorOf(exchange) !== undefined && /code.?verifier|pkce/i.test(words);
}

/** Reason codes of our own authorization server for a client that it knows, and that did not show who it is. */
const AUTHENTICATION =
  /^(client_secret_|client_assertion|client_credentials_malformed|client_authenticated_twice|auth_method_)/;

function isAboutAuthentication(exchange: RecordedExchange): boolean {
  if (exchange.reason_code !== null) return AUTHENTICATION.test(exchange.reason_code);
  return errorOf(exchange) === 'invalid_client' && !isRefusedAsUnknown(exchange);
}

function authenticationRefused(context: FindingContext): Found | undefined {
  const refused = context.seen.of('token-request').findLast(isAboutAuthentication);
  if (!refused) return undefined;
  return {
    what: `${clientInWords(context)} could not show the authorization server that it is who it says`,
    evidence: sentences(refused),
    who: 'client',
    change:
      'authenticate by the token_endpoint_auth_method of the registration, with the secret that came with it; a public client sends its client_id and nothing more',
  };
}

function codeExchangeFailed({ seen }: FindingContext): Found | undefined {
  const failed = tokenRequestsIn(seen, 'authorization_code').findLast(
    (exchange) =>
      !isGood(exchange) &&
      exchange.facts.told_to_register === undefined &&
      !isRefusedAsUnknown(exchange) &&
      !isAboutVerifier(exchange) &&
      !isAboutAuthentication(exchange),
  );
  if (!failed) return undefined;
  const byServer = failed.response === null || failed.response.status >= 500;
  return {
    what: 'the code was not exchanged for a token',
    evidence: sentences(failed),
    who: byServer ? 'as' : 'client',
    change: byServer
      ? 'answer the token request, or with an error of OAuth'
      : 'redeem each code once and soon, with the client_id and redirect_uri that it was asked for with',
  };
}

function refreshReplayed({ seen }: FindingContext): Found | undefined {
  const replayed = seen
    .of('token-request')
    .findLast(({ reason_code }) => reason_code === 'refresh_token_replayed');
  if (!replayed) return undefined;
  return {
    what: 'a refresh token was used twice, so all tokens of this login are void',
    evidence: sentences(replayed),
    who: 'client',
    change: 'refresh once at a time, and keep the new refresh token before anything else is sent',
  };
}

function refreshRefused(context: FindingContext): Found | undefined {
  const refused = tokenRequestsIn(context.seen, 'refresh_token').findLast(
    (exchange) =>
      !isGood(exchange) &&
      exchange.reason_code !== 'refresh_token_replayed' &&
      !isRefusedAsUnknown(exchange) &&
      !isAboutAuthentication(exchange),
  );
  if (!refused) return undefined;
  const again = context.seen.of('authorization-request').some(({ at }) => at > refused.at);
  return {
    severity: again || !context.ended ? 'notice' : 'problem',
    what: `the refresh token was refused${again ? ', and the user was asked to sign in again' : ''}`,
    evidence: sentences(refused),
    who: 'client',
    change: 'after invalid_grant, throw the tokens away, keep the client_id, and send the user to sign in',
  };
}

function sentences(exchange: RecordedExchange): readonly string[] {
  const why = textOf(answeredIn(exchange), 'error_description');
  return [inWords(exchange), ...(why === undefined ? [] : [`the server says: ${why}`])];
}
