import {
  CLIENT_EVIDENCE_ENDPOINT,
  type ClientEvidence,
  clientEvidence,
} from '../../shared/oauth/client-evidence.js';
import { routeOf, type WayOfTelling } from '../../shared/oauth/routes.js';
import type { HttpExchange, HttpRequest } from '../exchange/exchange.js';
import type { AuthorizationServerFacts } from '../steps/authorization-server-metadata.js';
import { jsonBodyOf } from '../parsing/json-body.js';
import type { ClientFacts } from '../registration/client.js';
import { isDocumentUrl } from '../registration/document-url.js';
import type { Precedence } from '../registration/precedence.js';
import type { RegistrationVerdict } from '../trace/trace.js';

/** What the run has established of the client by its end. */
export interface RegistrationFacts {
  /** false if the MCP server asks for no authorization */
  readonly isProtected: boolean;
  readonly server: AuthorizationServerFacts | undefined;
  readonly precedence: Precedence | undefined;
  readonly client: ClientFacts | undefined;
  readonly registerCalled: boolean;
  /** how many codes this run has redeemed as this client, which the authorization server has counted too */
  readonly codesRedeemed: number;
  /** true if the authorization server refused the client_id that the user brought */
  readonly clientRefused: boolean;
}

/** What the authorization server says of a client: its record, that it has none, or why it could not be asked. */
export type EvidenceAnswer =
  | { readonly kind: 'record'; readonly record: ClientEvidence }
  | { readonly kind: 'no-record' }
  | { readonly kind: 'not-told'; readonly why: string };

/**
 * Asks our own authorization server for its record of the client. Others have no such endpoint.
 *
 * @param send sends one request
 */
export async function askForEvidence(
  server: AuthorizationServerFacts,
  clientId: string,
  send: (request: HttpRequest) => Promise<HttpExchange>,
): Promise<EvidenceAnswer> {
  const endpoint = server.metadata[CLIENT_EVIDENCE_ENDPOINT];
  if (typeof endpoint !== 'string') {
    return {
      kind: 'not-told',
      why: 'this authorization server has no endpoint that tells how it knows a client',
    };
  }
  const url = URL.parse(endpoint);
  if (url?.origin !== new URL(server.issuer).origin) {
    return {
      kind: 'not-told',
      why: 'the evidence endpoint is on another origin than the issuer, so it was not asked',
    };
  }
  url.searchParams.set('client_id', clientId);
  const exchange = await send({ method: 'GET', url: url.href, headers: { accept: 'application/json' } });
  if (exchange.response?.status === 404) return { kind: 'no-record' };
  const body = jsonBodyOf(exchange);
  const parsed = clientEvidence.safeParse(body.ok ? body.value : undefined);
  if (!parsed.success || parsed.data.client_id !== clientId) {
    return { kind: 'not-told', why: 'the evidence endpoint gave no usable answer' };
  }
  return { kind: 'record', record: parsed.data };
}

/** Tells the route, and what it rests on. The record of the authorization server goes before what the client believes. */
export function tellRoute(facts: RegistrationFacts, answer: EvidenceAnswer): RegistrationVerdict {
  const { client, registerCalled, precedence } = facts;
  const considered = {
    precedence: [...(precedence?.ways ?? [])],
    chosen: precedence?.chosen ?? null,
    conforming: precedence?.conforming ?? null,
  };
  const registerInWords = registerCalled
    ? 'POST /register was called in this run'
    : 'POST /register was not called in this run';
  if (!client) {
    const why = facts.isProtected
      ? 'the flow ended before there was a client_id'
      : 'no client_id was needed: MCP leaves authorization to the server, and this one answered without a token';
    const because = [registerInWords, why, ...departureInWords(precedence)];
    return {
      route: null,
      client_id: null,
      register_called: registerCalled,
      because,
      evidence: null,
      ...considered,
    };
  }
  const { route, because } =
    answer.kind === 'record' ? fromRecord(facts, answer.record) : withoutRecord(facts, client, answer);
  return {
    route,
    client_id: client.clientId,
    register_called: registerCalled,
    because: [registerInWords, ...because, ...departureInWords(precedence)],
    evidence: answer.kind === 'record' ? answer.record : null,
    ...considered,
  };
}

/** Said where the client did not take the way that the specification wants. */
function departureInWords(precedence: Precedence | undefined): readonly string[] {
  if (precedence?.departure === undefined) return [];
  const { chosen, conforming, departure } = precedence;
  return [
    `a client that keeps to the specification takes ${conforming} here; this one took ${chosen}: ${departure}`,
  ];
}

type Told = Pick<RegistrationVerdict, 'route' | 'because'>;

const ORIGIN_IN_WORDS: Readonly<Record<ClientEvidence['origin'], string>> = {
  preset: 'is configured there',
  cimd: 'is the URL of a metadata document',
  dcr: 'was issued there by POST /register',
  adopted: 'was unknown there, and was adopted as a public client when it first came',
};

/** The two end a flow as if something were broken, so the verdict has to say that it is meant. */
const TOLD_IN_WORDS: Readonly<Record<WayOfTelling, string>> = {
  void_token:
    'its first token was void on purpose, so that a client which heeds the 401 registers' +
    ' (--unknown-clients=reregister); this happens once for each client_id, and without one this client registers',
  http_200:
    'its first code was answered with invalid_client and HTTP 200 on purpose, so that a client which heeds that registers' +
    ' (--unknown-clients=reject-200); this happens once for each client_id, and without one this client registers',
};

function fromRecord(facts: RegistrationFacts, record: ClientEvidence): Told {
  const earlier = Math.max(0, record.flows - facts.codesRedeemed);
  return {
    route: routeOf(record.origin, earlier),
    because: [
      `the record of the authorization server says that the client_id ${ORIGIN_IN_WORDS[record.origin]}`,
      earlier === 0
        ? 'no code had been redeemed with it before this flow'
        : `${earlier} ${earlier === 1 ? 'code' : 'codes'} had been redeemed with it before this flow`,
      ...(record.told_to_register ? [TOLD_IN_WORDS[record.told_to_register.way]] : []),
    ],
  };
}

function withoutRecord(
  facts: RegistrationFacts,
  client: ClientFacts,
  answer: Exclude<EvidenceAnswer, { kind: 'record' }>,
): Told {
  if (client.origin === 'registered') {
    const why =
      answer.kind === 'no-record' ? 'the authorization server has no record of it any more' : answer.why;
    return { route: 'dcr', because: ['the client_id came with the answer to POST /register', why] };
  }
  if (client.origin === 'remembered' && answer.kind === 'not-told' && !facts.clientRefused) {
    const because = ['the client_id is kept from an earlier run, in which it was registered', answer.why];
    return { route: 'dcr-reused', because };
  }
  if (answer.kind === 'no-record') {
    return { route: 'unknown', because: ['the authorization server has no record of this client_id'] };
  }
  if (facts.clientRefused) {
    return {
      route: 'unknown',
      because: ['the authorization server refused it (invalid_client, or a page that says so)', answer.why],
    };
  }
  if (facts.server && isDocumentUrl(client.clientId, facts.server.metadata)) {
    return {
      route: 'cimd',
      because: [
        'the client_id is a URL, and the authorization server says that it reads the metadata document at such a URL',
        answer.why,
      ],
    };
  }
  return {
    route: 'preset',
    because: [
      'the client_id was given to the client by its user',
      `${answer.why}: whether it is configured there or was adopted cannot be told from here`,
    ],
  };
}
