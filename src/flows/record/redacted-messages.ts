import { createRedactor } from '../redact/redact.js';
import type { RawMessage } from './links.js';
import type { RecordedExchange } from './recorded-exchange.js';

/** A response as it was sent. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  readonly truncated: boolean;
}

type Json = RecordedExchange['request']['body'];

/** More of a body is not kept. */
const MAX_CHARACTERS = 16 * 1024;

/**
 * A request and its response without their secrets. Each exchange is looked at by itself: what one brought along must not
 * be needed to make another safe.
 */
export function redactedMessages(
  request: RawMessage,
  method: string,
  response: RawResponse | undefined,
): Pick<RecordedExchange, 'request' | 'response'> {
  const shown = createRedactor().exchange({
    step: 'challenge',
    from: 'client',
    to: 'as',
    at: 0,
    milliseconds: 0,
    request: {
      method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: request.body,
    },
    ...(response && { response }),
  });
  const received = shown.response && cut(shown.response.body);
  return {
    request: { ...shown.request, body: cut(shown.request.body).body },
    response:
      shown.response && received
        ? { ...shown.response, body: received.body, truncated: shown.response.truncated || received.isCut }
        : null,
  };
}

/** A large body as the beginning of its text. It is cut after it was redacted: half a secret is not recognised. */
function cut(body: Json): { readonly body: Json; readonly isCut: boolean } {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  if (text.length <= MAX_CHARACTERS) return { body, isCut: false };
  const left = text.length - MAX_CHARACTERS;
  return { body: `${text.slice(0, MAX_CHARACTERS)}… (${left} more characters)`, isCut: true };
}
