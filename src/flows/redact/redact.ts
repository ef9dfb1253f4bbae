import { mediaTypeOf } from '../../shared/http/body.js';
import type { HttpExchange, HttpRequest, HttpResponse } from '../exchange/exchange.js';
import { isoTime } from '../trace/iso-time.js';
import { createKnownSecrets } from './known-secrets.js';
import { redactedBody } from './redacted-body.js';
import { redactedHeaders } from './redacted-headers.js';
import { redactedText } from './redacted-text.js';
import type { TracedExchange } from '../trace/trace.js';

/** An exchange with its secrets; those of other people's clients may have any method. */
export interface UnredactedExchange extends Omit<HttpExchange, 'request'> {
  readonly request: Omit<HttpRequest, 'method'> & { readonly method: string };
}

/** Shows exchanges without their secrets; one for each run, since it remembers what it has seen. */
export interface Redactor {
  exchange(exchange: UnredactedExchange): Omit<TracedExchange, 'sequence'>;
  text(text: string): string;
}

/**
 * The one redaction policy. A secret becomes its fingerprint if it is long enough to be random, so that a reader can
 * follow it through the flow and into the servers' logs; otherwise, and for passwords and cookies, nothing is left.
 * A secret that was seen once is found again in any other text, such as the error page of a careless server.
 *
 * @param options `secretHeaders`: names, in lower case, of headers that are secret in this run
 */
export function createRedactor({
  secretHeaders = new Set(),
}: { readonly secretHeaders?: ReadonlySet<string> | undefined } = {}): Redactor {
  const secrets = createKnownSecrets();
  const text = (value: string) => redactedText(value, secrets);
  const headers = (all: Iterable<readonly [string, string]>) => redactedHeaders(all, secrets, secretHeaders);

  function body(
    message: Pick<HttpRequest, 'headers' | 'body'> | HttpResponse,
  ): TracedExchange['request']['body'] {
    const { headers: sent, body: content = '' } = message;
    const type = sent instanceof Headers ? sent.get('content-type') : (sent['content-type'] ?? null);
    return redactedBody(mediaTypeOf(type), content, secrets);
  }

  return {
    text,
    exchange({ step, from, to, at, milliseconds, request, response, error, byUser }) {
      // What was sent first, and bodies before headers: what is learned from them is then found in the rest.
      request.secrets?.forEach((secret) => secrets.drop(secret));
      const sent = body(request);
      const sentHeaders = headers(Object.entries(request.headers));
      const received = response === undefined ? null : body(response);
      return {
        until: null,
        step,
        observed_by: 'client',
        from,
        to,
        at: isoTime(at),
        milliseconds,
        request: { method: request.method, url: text(request.url), headers: sentHeaders, body: sent },
        response: response
          ? {
              status: response.status,
              headers: headers(response.headers),
              body: received,
              truncated: response.truncated,
            }
          : null,
        error: error === undefined ? null : text(error),
        by_user: byUser ?? null,
        reason_code: null,
        linked_by: null,
      };
    },
  };
}
