import * as z from 'zod';
import type { HttpExchange } from '../exchange/exchange.js';
import { answerInWords, jsonBodyOf } from '../parsing/json-body.js';

/** A metadata document, or in one sentence why there is none. */
export type MetadataDocument<Metadata> =
  { readonly ok: true; readonly metadata: Metadata } | { readonly ok: false; readonly why: string };

/**
 * Reads the answer to a metadata request: 200, and a JSON object of the expected form.
 *
 * @param schema the form
 */
export function metadataDocumentOf<Metadata>(
  exchange: HttpExchange,
  schema: z.ZodType<Metadata>,
): MetadataDocument<Metadata> {
  if (exchange.error !== undefined || exchange.response?.status !== 200) {
    return { ok: false, why: answerInWords(exchange) };
  }
  const body = jsonBodyOf(exchange);
  if (!body.ok) return body;
  const parsed = schema.safeParse(body.value);
  if (!parsed.success)
    return {
      ok: false,
      why: z.prettifyError(new z.ZodError(parsed.error.issues.slice(0, 3))).replace(/\s+/g, ' '),
    };
  return { ok: true, metadata: parsed.data };
}
