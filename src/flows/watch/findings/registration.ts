import { SPEC } from '../../specification/spec.js';
import type { RecordedExchange } from '../../record/recorded-exchange.js';
import {
  answeredIn,
  inWords,
  isGood,
  issuedIn,
  loginsIn,
  registrationsIn,
  sentIn,
  statusOf,
  textOf,
  textsOf,
} from '../seen-flow.js';
import { clientInWords, type FindingContext, type FindingRule, type Found } from './rule.js';

/** What is worth knowing of how a client registers. */
export const REGISTRATION_FINDINGS: readonly FindingRule[] = [
  { id: 'preset-ignored', severity: 'notice', spec: SPEC.preRegistration, look: presetIgnored },
  {
    id: 'registrations-exceed-logins',
    severity: 'notice',
    spec: SPEC.dynamicRegistration,
    look: registrationsExceedLogins,
  },
  {
    id: 'registers-for-each-login',
    severity: 'notice',
    spec: SPEC.authorizationServerBinding,
    look: registersForEachLogin,
  },
  {
    id: 'registered-never-authorized',
    severity: 'notice',
    spec: null,
    look: registeredNeverAuthorized,
  },
  { id: 'register-refused', severity: 'problem', spec: SPEC.registrationError, look: registerRefused },
];

function presetIgnored(context: FindingContext): Found | undefined {
  const issued = registrationsIn(context.seen).map(issuedIn);
  if (issued.length === 0 || context.flow.route.route === 'preset') return undefined;
  const before = context
    .earlier()
    .flatMap(({ seen }) => seen.all)
    .findLast(({ facts, brought }) => facts.route === 'preset' && brought.client_id !== undefined);
  if (!before) return undefined;
  return {
    what: `${clientInWords(context)} used the configured client_id ${before.brought.client_id} before, and registered in this flow`,
    evidence: [
      `earlier: ${inWords(before)} with ${before.brought.client_id}`,
      `now: POST /register gave ${issued.join(', ')}`,
    ],
    who: 'client',
    change:
      'bring the configured client_id along before any other; if it was taken out of the settings, all is well',
  };
}

/** A client_id that was issued, and whether anybody has signed in with it. */
interface Issued {
  readonly clientId: string;
  /** milliseconds since the epoch */
  readonly at: number;
  /** when a code was redeemed with it for the first time */
  readonly usedAt: number | undefined;
  readonly deleted: boolean;
  /** still under way, so that a sign-in may follow */
  readonly open: boolean;
}

/** All that were issued to a program in the flows that are kept, the oldest first. */
function issuedToProgram({ seen, flow, earlier }: FindingContext): readonly Issued[] {
  const flows = [...earlier(), { seen, flow }];
  const logins = new Map(
    flows
      .flatMap((one) => loginsIn(one.seen).map(({ brought, at }) => [brought.client_id, at] as const))
      .toReversed(),
  );
  const deleted = new Set(flows.flatMap((one) => deletionsIn(one.seen.of('client-configuration'))));
  const name = nameIn(registrationsIn(seen).at(-1));
  return flows.flatMap((one) =>
    registrationsIn(one.seen)
      .filter((exchange) => nameIn(exchange) === name)
      .flatMap((exchange) => {
        const clientId = issuedIn(exchange);
        if (clientId === undefined) return [];
        return [
          {
            clientId,
            at: exchange.at,
            usedAt: logins.get(clientId),
            deleted: deleted.has(clientId),
            open: one.flow.outcome === undefined && one.flow.clientId === clientId,
          },
        ];
      }),
  );
}

/** Programs that are sent back to the same place may still have different names. */
function nameIn(exchange: RecordedExchange | undefined): string | undefined {
  return exchange && textOf(sentIn(exchange), 'client_name');
}

function deletionsIn(exchanges: readonly RecordedExchange[]): readonly string[] {
  return exchanges
    .filter((exchange) => exchange.request.method === 'DELETE' && isGood(exchange))
    .map(
      ({ request, brought }) => brought.client_id ?? decodeURIComponent(request.url.split('/').at(-1) ?? ''),
    );
}

function registrationsExceedLogins(context: FindingContext): Found | undefined {
  if (registrationsIn(context.seen).length === 0) return undefined;
  const issued = issuedToProgram(context).filter(
    ({ open, usedAt, deleted }) => !deleted && (usedAt !== undefined || !open),
  );
  const unused = issued.filter(({ usedAt }) => usedAt === undefined);
  if (issued.length < 2 || unused.length === 0) return undefined;
  return {
    what: `${issued.length} registrations for ${counted(issued.length - unused.length, 'login')}, by what looks like one program at one address`,
    evidence: unused.map(({ clientId }) => `nobody has signed in with ${clientId}, which was issued to it`),
    who: 'client',
    change:
      context.program === 'VS Code'
        ? 'nothing, if its dialog was put off: VS Code registers before it asks its user, and keeps the last id only'
        : 'register when the user wants to sign in, and keep the client_id for the next attempt',
  };
}

/** One after the other: programs that are sent back to the same place may run at the same time. */
function registersForEachLogin(context: FindingContext): Found | undefined {
  if (registrationsIn(context.seen).length === 0) return undefined;
  const issued = issuedToProgram(context).filter(({ deleted }) => !deleted);
  const inTurn = issued.every(({ at, usedAt }, index) => {
    const before = issued[index - 1]?.usedAt;
    return usedAt !== undefined && (index === 0 || (before !== undefined && before < at));
  });
  if (issued.length < 3 || !inTurn) return undefined;
  return {
    what: `${issued.length} registrations for as many logins: ${clientInWords(context)} does not keep its client_id`,
    evidence: issued.map(({ clientId }) => `${clientId} was issued, and used for one login`),
    who: 'client',
    change: 'keep the client_id by the issuer that gave it, and bring it along the next time',
  };
}

function registeredNeverAuthorized(context: FindingContext): Found | undefined {
  if (!context.ended) return undefined;
  const asked = new Set(context.seen.of('authorization-request').map(({ brought }) => brought.client_id));
  const idle = registrationsIn(context.seen).filter((exchange) => !asked.has(issuedIn(exchange)));
  const [first] = idle;
  if (!first || idle.length < registrationsIn(context.seen).length) return undefined;
  const vscode = context.program === 'VS Code';
  return {
    what: `${clientInWords(context)} registered, and asked for no authorization`,
    evidence: idle.map((exchange) => `${inWords(exchange)}: issued ${issuedIn(exchange)}`),
    who: vscode ? 'user' : 'client',
    change: vscode
      ? 'answer the dialog of VS Code ("wants to authenticate"): it registers before it asks, and also when it starts a server by itself'
      : 'see whether it waits for its user, or stumbled over the answer to its registration',
  };
}

function registerRefused(context: FindingContext): Found | undefined {
  const refused = context.seen
    .of('registration')
    .filter((exchange) => exchange.request.method === 'POST' && statusOf(exchange) >= 400)
    .filter((exchange) => !isAboutRedirectUris(exchange));
  const last = refused.at(-1);
  if (!last) return undefined;
  const why = textOf(answeredIn(last), 'error_description');
  const absent = statusOf(last) === 404 || statusOf(last) === 405;
  const byServer = statusOf(last) >= 500 || absent;
  return {
    severity: registrationsIn(context.seen).length > 0 ? 'notice' : 'problem',
    what: `the authorization server refused to register ${context.program ?? 'the client'}${why === undefined ? '' : `: ${why}`}`,
    evidence: [...refused.map(inWords), ...askedFor(last)],
    who: byServer ? 'as' : 'client',
    change: absent
      ? 'offer registration where the metadata says that it is, or leave registration_endpoint out, so that clients ask for an id instead'
      : byServer
        ? 'answer with a registration, or with an error of RFC 7591'
        : 'ask for what the server offers; servers do best to leave out what they do not serve and to answer 201 with what is in force',
  };
}

function askedFor(exchange: RecordedExchange): readonly string[] {
  const sent = sentIn(exchange);
  return ['grant_types', 'response_types', 'token_endpoint_auth_method', 'scope', 'application_type'].flatMap(
    (member) => {
      const values = textsOf(sent, member);
      return values.length === 0 ? [] : [`it asked for ${member}: ${values.join(', ')}`];
    },
  );
}

/** Those have a finding of their own. */
export function isAboutRedirectUris(exchange: RecordedExchange): boolean {
  const { reason_code } = exchange;
  if (reason_code !== null) return reason_code.startsWith('redirect_uri');
  const { error, error_description: description } = answeredIn(exchange);
  return (
    error === 'invalid_redirect_uri' ||
    (typeof description === 'string' && /redirect.?uri/i.test(description))
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
