import * as z from 'zod';
import { parseJson } from '../../shared/http/json.js';
import { type Challenge, parseChallenges } from '../../shared/oauth/www-authenticate.js';
import type { HttpExchange, HttpResponse } from '../exchange/exchange.js';

/** A request that the MCP server refused because of its token. */
export interface TokenRefusal {
  /** as in "tools/call get_time" */
  readonly operation: string;
  /** the token that was refused */
  readonly token: string;
  readonly response: HttpResponse;
  /** the Bearer challenge that came with it */
  readonly challenge: Challenge | undefined;
  /** status and error in one line */
  readonly inWords: string;
}

/** What the client sent: method, and the name of the tool if one was called. */
const sent = z.object({ method: z.string(), params: z.object({ name: z.string().optional() }).optional() });

/** Reads a refusal; undefined if there was no answer, or no token was sent. */
export function tokenRefusalOf(exchange: HttpExchange): TokenRefusal | undefined {
  const { request, response } = exchange;
  const { authorization } = request.headers;
  if (!response || authorization === undefined) return undefined;
  const challenge = bearerChallengeOf(response);
  return {
    operation: operationOf(exchange),
    token: authorization.replace(/^Bearer /, ''),
    response,
    challenge,
    inWords: refusalInWords(response, challenge),
  };
}

/** What a request to the MCP server asks for, as in "tools/call get_time". */
export function operationOf({ request }: Pick<HttpExchange, 'request'>): string {
  const message = sent.safeParse(parseJson(request.body ?? ''));
  const { method = 'the request', params } = message.success ? message.data : {};
  return [method, params?.name].filter(Boolean).join(' ');
}

/** Whether the token is good, and only its scope is not enough. */
export function needsMoreScope({ challenge }: TokenRefusal): boolean {
  return challenge?.parameters['error'] === 'insufficient_scope';
}

/** The first Bearer challenge of a response. */
export function bearerChallengeOf(response: HttpResponse): Challenge | undefined {
  const challenges = parseChallenges(response.headers.get('www-authenticate') ?? '');
  return challenges?.find(({ scheme }) => scheme === 'bearer');
}

/** The status of a refusal, with the error that its challenge names. */
export function refusalInWords(response: HttpResponse, challenge = bearerChallengeOf(response)): string {
  const { error, error_description: description } = challenge?.parameters ?? {};
  return [String(response.status), error, description && `(${description})`].filter(Boolean).join(' ');
}
