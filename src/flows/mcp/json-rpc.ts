import { parseBounded } from '../parsing/bounded-json.js';
import * as z from 'zod';
import { mediaTypeOf } from '../../shared/http/body.js';
import type { HttpResponse } from '../exchange/exchange.js';
import { createEventReader, eventsOf } from './sse.js';

const answer = z.union([
  z.object({ id: z.union([z.string(), z.number()]), result: z.record(z.string(), z.unknown()) }),
  z.object({
    id: z.union([z.string(), z.number(), z.null()]).optional(),
    error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }),
  }),
]);
/** A result or an error, with the id of its request. */
export type JsonRpcAnswer = z.infer<typeof answer>;

/** The answer to one request, from a JSON body or from the events of a stream; undefined if there is none. */
export function answerIn(response: HttpResponse, id: number): JsonRpcAnswer | undefined {
  if (mediaTypeOf(response.headers.get('content-type')) === 'text/event-stream') {
    return answerAmong(eventsOf(response.body), id);
  }
  return answerAmong([response.body], id);
}

/** Watches a stream that may stay open: is given it piece by piece, and says when the answer has come. */
export function answerWatch(id: number): (piece: string) => boolean {
  const reader = createEventReader();
  return (piece) => answerAmong(reader.read(piece), id) !== undefined;
}

function answerAmong(messages: readonly string[], id: number): JsonRpcAnswer | undefined {
  for (const message of messages) {
    const json = parseBounded(message);
    const parsed = answer.safeParse(json.kind === 'json' ? json.value : undefined);
    // An error that belongs to no request may come without an id.
    if (parsed.success && (parsed.data.id === id || parsed.data.id == null)) return parsed.data;
  }
  return undefined;
}
