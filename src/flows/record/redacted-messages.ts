import { createRedactor } from '../redact/redact.js';
import type { RawMessage } from './links.js';
import type { RecordedExchange } from './recorded-exchange.js';

/**
 * A request and its response without their secrets. Each exchange is looked at by itself: what one brought along must not
 * be needed to make another safe.
 */
export function redactedMessages(
  request: RawMessage,
  method: string,
  response: { readonly status: number; readonly headers: Headers; readonly body: string },
): Pick<RecordedExchange, 'request' | 'response'> {
  const redactor = createRedactor();
  const shown = redactor.exchange({
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
    response: { ...response, truncated: false },
  });
  return { request: shown.request, response: shown.response };
}
