import { parseBounded } from './bounded-json.js';
import type { HttpExchange } from '../exchange/exchange.js';

/** The JSON object in a response, or in one sentence why there is none. */
export type JsonBody =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  | { readonly ok: false; readonly why: string };

/** Reads the body of a response as a JSON object, whatever media type it claims. */
export function jsonBodyOf(exchange: HttpExchange): JsonBody {
  const { response, error } = exchange;
  if (error !== undefined || !response) return { ok: false, why: error ?? 'no response' };
  if (response.truncated) return { ok: false, why: 'the answer is larger than 256 KiB' };
  const parsed = parseBounded(response.body);
  if (parsed.kind === 'too-deep') {
    return { ok: false, why: `the answer (${response.status}) is JSON nested deeper than 64 levels` };
  }
  if (parsed.kind === 'not-json') return { ok: false, why: `the answer (${response.status}) is not JSON` };
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, why: `the answer (${response.status}) is not a JSON object` };
  }
  return { ok: true, value: value as Record<string, unknown> };
}

/** The status of a response in words, with where it leads if it is a redirect. */
export function answerInWords(exchange: HttpExchange): string {
  const { response, error } = exchange;
  if (error !== undefined || !response) return error ?? 'no response';
  const location = response.headers.get('location');
  if (response.status >= 300 && response.status < 400 && location !== null) {
    return `${response.status}, a redirect to ${location} (not followed: metadata is only good at its own URL)`;
  }
  return String(response.status);
}

/** Whether an answer tells nothing of what was asked: there was none, or the server has no time or has fallen over. */
export function saysNothing({ response, error }: HttpExchange): boolean {
  return error !== undefined || !response || response.status === 429 || response.status >= 500;
}

/** `error` and `error_description` of an OAuth error response; undefined if the body is none. */
export function oauthErrorOf(exchange: HttpExchange): { error: string; inWords: string } | undefined {
  const body = jsonBodyOf(exchange);
  if (!body.ok || typeof body.value['error'] !== 'string') return undefined;
  const error = body.value['error'];
  const description = body.value['error_description'];
  return { error, inWords: typeof description === 'string' ? `${error} (${description})` : error };
}
