import { mediaTypeOf } from '../../shared/http/body.js';
import { parseJson } from '../../shared/http/json.js';
import { parseChallenges } from '../../shared/oauth/www-authenticate.js';
import type { StepCheck } from '../context.js';
import type { HttpExchange, HttpResponse } from '../exchange/exchange.js';
import { checked, cut, headerEvidence } from './checked.js';
import { bitsEvidence, ENOUGH_BITS, possibleBits } from './entropy.js';

/**
 * What the answers of the MCP server settle, whatever they say.
 *
 * @param exchanges in order
 * @param token what the requests carried; nothing is settled where they carried none
 */
export function checkMcpAnswers(
  exchanges: readonly HttpExchange[],
  token: string | undefined,
): readonly StepCheck[] {
  if (token === undefined) return [];
  const answers = exchanges.map(({ response }) => response).filter((response) => response !== undefined);
  const refusal = answers.find(({ status }) => status === 401 || status === 403);
  return [
    ...checkMediaTypes(exchanges),
    ...checkCaching(answers),
    checkEcho(answers, token),
    ...checkSession(answers),
    ...(refusal ? checkRefusal(refusal) : []),
  ];
}

function checkMediaTypes(exchanges: readonly HttpExchange[]): readonly StepCheck[] {
  const types = exchanges
    .filter(({ request }) => request.method === 'POST' && isJsonRpcRequest(request.body))
    .filter(({ response }) => response?.status === 200)
    .map(({ response }) => mediaTypeOf(response!.headers.get('content-type')));
  return [
    checked(
      'rs.mcp-media-type',
      types.length === 0
        ? undefined
        : types.every((type) => type === 'application/json' || type === 'text/event-stream'),
      types.length === 0
        ? 'no answer with status 200'
        : [...new Set(types.map((type) => type || 'none'))].join(', '),
    ),
  ];
}

/** Only a request gets an answer with a body: a notification has no id. */
function isJsonRpcRequest(body: string | undefined): boolean {
  const message = parseJson(body ?? '');
  return typeof message === 'object' && message !== null && 'id' in message;
}

/** What may be kept for others, though it was answered to one token. */
function checkCaching(answers: readonly HttpResponse[]): readonly StepCheck[] {
  const shared = answers.find(({ headers }) =>
    /(?:^|[\s,])(?:public|s-maxage)\b/i.test(headers.get('cache-control') ?? ''),
  );
  const shown = shared ?? answers.at(-1);
  return [
    checked(
      'rs.mcp-not-shared',
      answers.length === 0 ? undefined : shared === undefined,
      shown ? headerEvidence(shown.headers, 'cache-control') : 'no answer',
    ),
  ];
}

function checkEcho(answers: readonly HttpResponse[], token: string): StepCheck {
  const echoes = answers.some(
    ({ body, headers }) => body.includes(token) || [...headers].some(([, value]) => value.includes(token)),
  );
  return checked(
    'rs.no-token-echo',
    answers.length === 0 ? undefined : !echoes,
    echoes ? 'the token is in an answer' : `not in ${answers.length} answers`,
  );
}

function checkSession(answers: readonly HttpResponse[]): readonly StepCheck[] {
  const session = answers.map(({ headers }) => headers.get('mcp-session-id')).find((id) => id != null);
  const none = 'no mcp-session-id';
  return [
    checked(
      'rs.session-id-visible',
      session == null ? undefined : /^[\x21-\x7E]+$/.test(session),
      session == null ? none : `mcp-session-id of ${session.length} characters`,
    ),
    checked(
      'rs.session-id-random',
      session == null ? undefined : possibleBits(session) >= ENOUGH_BITS - 6,
      session == null ? none : bitsEvidence('mcp-session-id', session),
    ),
  ];
}

/** A refusal of the token: the status and the challenge that has to come with it. */
function checkRefusal({ status, headers }: HttpResponse): readonly StepCheck[] {
  const bearer = parseChallenges(headers.get('www-authenticate') ?? '')?.find(
    ({ scheme }) => scheme === 'bearer',
  );
  const error = bearer?.parameters['error'];
  const evidence = cut(`${status}, ${headerEvidence(headers, 'www-authenticate')}`);
  return [
    // What is forbidden may be so for reasons that are not the token's; only 401 can't do without a challenge.
    checked('rs.refusal-challenge', status === 401 ? bearer !== undefined : undefined, evidence),
    checked('rs.refusal-error', bearer || status === 403 ? error !== undefined : undefined, evidence),
    checked(
      'rs.refusal-status',
      error === 'invalid_token'
        ? status === 401
        : error === 'insufficient_scope'
          ? status === 403
          : undefined,
      evidence,
    ),
  ];
}
