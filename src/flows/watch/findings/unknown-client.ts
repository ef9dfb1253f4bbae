import type { RecordedExchange } from '../../record/recorded-exchange.js';
import { SPEC } from '../../specification/spec.js';
import { isRefusedAsUnknown } from '../route.js';
import {
  answeredIn,
  errorOf,
  inWords,
  isGood,
  registrationsIn,
  sentIn,
  statusOf,
  textOf,
} from '../seen-flow.js';
import { howToForget, reactionOf } from './known-behaviour.js';
import { clientInWords, type FindingContext, type FindingRule, type Found } from './rule.js';

/** What is worth knowing where a client brings a client_id along that the authorization server does not know. */
export const UNKNOWN_CLIENT_FINDINGS: readonly FindingRule[] = [
  { id: 'dead-client-id', severity: 'problem', spec: SPEC.tokenError, look: deadClientId },
  { id: 'client-id-adopted', severity: 'notice', spec: SPEC.clientRegistration, look: clientIdAdopted },
  { id: 'told-to-register', severity: 'notice', spec: null, look: toldToRegister },
  { id: 'invalid-client-form', severity: 'problem', spec: SPEC.tokenError, look: invalidClientForm },
  { id: 'client-document-refused', severity: 'problem', spec: SPEC.metadataDocuments, look: documentRefused },
];

function deadClientId(context: FindingContext): Found | undefined {
  const refused = context.seen.all.filter(isRefusedAsUnknown);
  const last = refused.at(-1);
  if (!last) return undefined;
  const recovered = registrationsIn(context.seen).some(({ at }) => at > last.at);
  const told = refused.some(({ meaning }) => meaning === 'token-request');
  const id = last.brought.client_id;
  return {
    severity: recovered ? 'notice' : 'problem',
    what: `${clientInWords(context)} brought ${id ?? 'a client_id'} along, which the authorization server does not know${recovered ? ', and has registered since' : ''}`,
    evidence: refused.map(inWords),
    who: told && context.program === undefined ? 'client' : 'user',
    change: recovered
      ? 'nothing: it has recovered; registrations that outlive a restart of the server spare the detour'
      : `${howToForget(context.program)}; ${
          told
            ? 'a client should drop an id that is answered with invalid_client'
            : 'an error at the authorization endpoint is shown to the user, and never reaches the client'
        }`,
  };
}

function clientIdAdopted(context: FindingContext): Found | undefined {
  if (context.flow.route.route !== 'adopted') return undefined;
  const adopted = context.seen.all.find(({ facts }) => facts.adopted === true);
  return {
    what: `${clientInWords(context)} came with ${context.flow.clientId}, which this authorization server never issued, and was taken in as a public client`,
    evidence: adopted
      ? [`adopted at ${inWords(adopted)}`]
      : ['the record of the authorization server says that it was adopted before'],
    who: 'user',
    change: `nothing, if the flow is all that counts; for a registration of its own, ${howToForget(context.program)}`,
  };
}

function toldToRegister(context: FindingContext): Found | undefined {
  const told = context.seen.all.find(({ facts }) => facts.told_to_register !== undefined);
  if (!told) return undefined;
  const way =
    told.facts.told_to_register === 'void_token'
      ? 'its token was void from the start, so that the MCP server answers 401'
      : 'its code was answered with invalid_client and HTTP 200';
  return {
    what: `this flow was made to fail so that ${context.program ?? 'the client'} registers: ${way}`,
    evidence: [inWords(told), 'this is meant (--unknown-clients), and happens once for each client_id'],
    who: 'client',
    change: 'drop the client_id after this answer, and register',
  };
}

/** Our own servers say so in their reason code; of others, their words must leave no other reading. */
function isAboutUnknownClient(exchange: RecordedExchange): boolean {
  if (isRefusedAsUnknown(exchange)) return true;
  if (exchange.reason_code !== null || exchange.meaning !== 'token-request') return false;
  const words = textOf(answeredIn(exchange), 'error_description') ?? '';
  return /\b(unknown|unregistered|invalid|no such) client\b|\bclient(_id| id)?( was)? not (found|known|registered)\b/i.test(
    words,
  );
}

function invalidClientForm(context: FindingContext): Found | undefined {
  const answers = context.seen.of('token-request').filter(isAboutUnknownClient);
  const last = answers.at(-1);
  if (!last || registrationsIn(context.seen).some(({ at }) => at > last.at)) return undefined;
  const error = errorOf(last);
  if (error !== 'invalid_client') {
    return {
      what: `the authorization server answers an unknown client with ${error ?? 'no OAuth error'}, which no client takes as a reason to register`,
      evidence: [inWords(last)],
      who: 'as',
      change: 'answer 401 with invalid_client where the client is not known, also to a refresh token',
    };
  }
  const grantType = textOf(sentIn(last), 'grant_type') ?? last.facts.grant_type;
  const reaction = reactionOf(context.program, {
    grant: grantType === 'refresh_token' ? 'refresh' : 'code',
    status: statusOf(last),
  });
  if (reaction === undefined) return undefined;
  return {
    what: `${context.program} does not act on this answer: ${reaction.why}`,
    evidence: [inWords(last)],
    who: reaction.who,
    change: reaction.who === 'as' ? 'answer 401 with invalid_client' : howToForget(context.program),
  };
}

function documentRefused({ seen }: FindingContext): Found | undefined {
  const refused = seen.all.filter(({ reason_code }) =>
    /^(document_|client_id_url_invalid)/.test(reason_code ?? ''),
  );
  const last = refused.at(-1) ?? forgottenAtToken(seen.of('token-request'), seen.of('authorization-request'));
  if (!last) return undefined;
  const atTokenOnly = refused.length === 0;
  return {
    what: atTokenOnly
      ? 'the authorization server took the metadata document of the client at its authorization endpoint, and does not know the client at its token endpoint'
      : `the metadata document ${last.brought.client_id ?? 'of the client'} was refused`,
    evidence: [
      inWords(last),
      ...((textOf(answeredIn(last), 'error_description') ?? '')
        ? [String(answeredIn(last)['error_description'])]
        : []),
    ],
    who: atTokenOnly ? 'as' : 'client',
    change: atTokenOnly
      ? 'resolve a client_id that is a URL at the token endpoint too, for codes and for refresh tokens'
      : 'serve the document as JSON over https without redirects, with its own URL as client_id; docs/refusals.md tells what each reason code means',
  };
}

function forgottenAtToken(
  tokens: readonly RecordedExchange[],
  authorizations: readonly RecordedExchange[],
): RecordedExchange | undefined {
  return tokens.find(
    (exchange) =>
      errorOf(exchange) === 'invalid_client' &&
      exchange.brought.client_id?.startsWith('https://') === true &&
      authorizations.some(
        ({ brought, response }) =>
          brought.client_id === exchange.brought.client_id && (response?.status ?? 500) < 400,
      ) &&
      !isGood(exchange),
  );
}
