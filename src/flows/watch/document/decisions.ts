import { SPEC } from '../../specification/spec.js';
import type { RecordedExchange } from '../../record/recorded-exchange.js';
import type { FlowDecision } from '../../trace/trace.js';
import type { LinkedExchange } from '../watched-flow.js';
import { answerOf, challengeParameter, membersOf, parameterOf, textOf, textsOf } from './messages.js';

/** A decision, before it has a place in the trace. */
export type ToldDecision = Pick<FlowDecision, 'what' | 'because' | 'spec'>;

/**
 * What the client evidently decided, told by what it sent; why it did so cannot be seen, so the reason is the evidence.
 *
 * @param linked the exchange that shows it
 * @param before what came before in its flow
 */
export function decisionsShownBy(
  { exchange, step }: LinkedExchange,
  before: readonly RecordedExchange[],
): readonly ToldDecision[] {
  switch (exchange.meaning) {
    case 'resource-metadata':
      return before.some(isOf(exchange.meaning)) ? [] : discovery(exchange, before);
    case 'authorization-server-metadata':
      return before.some(isOf(exchange.meaning)) || exchange.from === 'rs'
        ? []
        : choiceOfServer(exchange, before);
    case 'authorization-request':
      return [
        ...(step === 'step-up' ? [] : wayToClientId(exchange, before)),
        scopes(exchange, before),
        resource(exchange),
        pkce(exchange),
      ];
    case 'token-request':
      return tokenRequest(exchange);
    default:
      return [];
  }
}

function isOf(meaning: RecordedExchange['meaning']) {
  return (exchange: RecordedExchange) => exchange.meaning === meaning;
}

function discovery(exchange: RecordedExchange, before: readonly RecordedExchange[]): readonly ToldDecision[] {
  const { url } = exchange.request;
  const challenge = before.findLast((one) => one.response?.status === 401);
  const named = challenge && challengeParameter(challenge, 'resource_metadata');
  const because =
    named === url
      ? 'the challenge names it (resource_metadata)'
      : named === undefined
        ? 'no challenge that was seen before names another'
        : `it is a well-known URL; the challenge names ${named}`;
  return [{ what: `Reads the metadata at ${url}`, because, spec: SPEC.resourceMetadataDiscovery }];
}

function choiceOfServer(
  exchange: RecordedExchange,
  before: readonly RecordedExchange[],
): readonly ToldDecision[] {
  const { origin } = new URL(exchange.request.url);
  const read = before.findLast((one) => isOf('resource-metadata')(one) && answerOf(one));
  const servers = textsOf(read && answerOf(read)?.['authorization_servers']);
  const place = servers.findIndex((server) => URL.parse(server)?.origin === origin);
  const because = !read
    ? 'it asked there before it had read which one the MCP server names'
    : place < 0
      ? 'the MCP server does not name it; the client knows it from elsewhere'
      : servers.length === 1
        ? 'it is the only one named'
        : `it is number ${place + 1} of the ${servers.length} named`;
  return [
    {
      what: `Goes to the authorization server at ${origin}`,
      because,
      spec: SPEC.authorizationServerLocation,
    },
  ];
}

function wayToClientId(
  { request }: RecordedExchange,
  before: readonly RecordedExchange[],
): readonly ToldDecision[] {
  const clientId = parameterOf(request, 'client_id');
  if (clientId === undefined) return [];
  const given = before.flatMap((one) =>
    isOf('registration')(one) ? (textOf(answerOf(one)?.['client_id']) ?? []) : [],
  );
  if (given.includes(clientId)) {
    return [
      {
        what: `Uses the client_id ${clientId} that POST /register gave it`,
        because: 'the authorization request names the one of the answer',
        spec: SPEC.dynamicRegistration,
      },
    ];
  }
  if (given.length > 0) {
    return [
      {
        what: `Uses the client_id ${clientId}, though it has just registered`,
        because: `POST /register gave it ${given.join(', ')}, and the authorization request names another`,
        spec: SPEC.clientRegistration,
      },
    ];
  }
  const isUrl = URL.parse(clientId)?.protocol === 'https:';
  return [
    {
      what: isUrl
        ? `Uses the URL ${clientId} as its client_id and skips registration`
        : `Uses the client_id ${clientId} and skips registration`,
      because: 'the authorization request names it, and no POST /register came before',
      spec: isUrl ? SPEC.metadataDocuments : SPEC.clientRegistration,
    },
  ];
}

function scopes({ request }: RecordedExchange, before: readonly RecordedExchange[]): ToldDecision {
  const scope = parameterOf(request, 'scope');
  const spec = SPEC.scopeSelection;
  if (scope === undefined) {
    return {
      what: 'Asks for no scope; the authorization server decides',
      because: 'the authorization request has no parameter scope',
      spec,
    };
  }
  const source = scopeSources(before).find(({ scopes: known }) => isSameSet(known, scope.split(' ')));
  const because =
    source?.inWords ?? 'neither the challenge nor the metadata that it read names exactly these';
  return { what: `Asks for the scope "${scope}"`, because, spec };
}

/** Where scopes were named to the client before, the most telling first. */
function scopeSources(before: readonly RecordedExchange[]) {
  const challenge = before.findLast((one) => challengeParameter(one, 'scope') !== undefined);
  const listed = (meaning: RecordedExchange['meaning']) => {
    const read = before.findLast((one) => isOf(meaning)(one) && answerOf(one));
    return textsOf(read && answerOf(read)?.['scopes_supported']);
  };
  return [
    {
      scopes: ((challenge && challengeParameter(challenge, 'scope')) ?? '').split(' '),
      inWords: 'the challenge names it',
    },
    {
      scopes: listed('resource-metadata'),
      inWords: 'these are all that the resource lists (scopes_supported)',
    },
    {
      scopes: listed('authorization-server-metadata'),
      inWords: 'these are all that the authorization server lists (scopes_supported)',
    },
  ];
}

function isSameSet(known: readonly string[], asked: readonly string[]): boolean {
  return known.length === asked.length && asked.every((one) => known.includes(one));
}

function resource({ request }: RecordedExchange): ToldDecision {
  const named = parameterOf(request, 'resource');
  const spec = SPEC.resourceParameter;
  return named === undefined
    ? { what: 'Names no resource', because: 'the authorization request has no parameter resource', spec }
    : { what: `Names the resource ${named}`, because: 'the authorization request has it', spec };
}

function pkce({ request }: RecordedExchange): ToldDecision {
  const spec = SPEC.codeProtection;
  if (parameterOf(request, 'code_challenge') === undefined) {
    return { what: 'Goes on without PKCE', because: 'the authorization request has no code_challenge', spec };
  }
  const method = parameterOf(request, 'code_challenge_method');
  const because =
    method === undefined ? 'no method is named, which means plain' : 'code_challenge_method says so';
  return { what: `Goes on with PKCE, method ${method ?? 'plain'}`, because, spec };
}

function tokenRequest(exchange: RecordedExchange): readonly ToldDecision[] {
  const authenticated: ToldDecision = {
    ...authentication(exchange.request),
    spec: SPEC.clientAuthentication,
  };
  if (parameterOf(exchange.request, 'grant_type') !== 'refresh_token') return [authenticated];
  const what = 'Uses its refresh token';
  return [{ what, because: 'grant_type is refresh_token', spec: SPEC.refreshTokens }, authenticated];
}

function authentication({
  headers,
  body,
}: RecordedExchange['request']): Pick<ToldDecision, 'what' | 'because'> {
  const sent = membersOf(body);
  if (/^basic /i.test(headers['authorization'] ?? '')) {
    return { what: 'Authenticates with client_secret_basic', because: 'the header Authorization is Basic' };
  }
  if ('client_assertion' in sent) {
    return { what: 'Authenticates with a signed assertion', because: 'the form has client_assertion' };
  }
  if ('client_secret' in sent) {
    return { what: 'Authenticates with client_secret_post', because: 'the form has client_secret' };
  }
  return { what: 'Comes as a public client', because: 'the token request has no secret and no assertion' };
}
