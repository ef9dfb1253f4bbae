import * as z from 'zod';

/** Where a server gives its exchanges out, from the root of its origin. */
export const EXCHANGES_PATH = '/flows/exchanges';

/** How a server introduces itself before its exchanges. */
export const recorderHello = z.object({
  /** of the process; both servers of one process have the same */
  recorder: z.string(),
  server: z.enum(['as', 'rs']),
  /** of an authorization server */
  issuer: z.string().optional(),
  /** of an MCP server */
  resource: z.string().optional(),
  version: z.string(),
  /** exchanges that are kept */
  kept: z.number().int().nonnegative(),
  /** exchanges that were served and not written down, since there were too many at once */
  skipped: z.number().int().nonnegative(),
});
/** How a server introduces itself before its exchanges. */
export type RecorderHello = z.infer<typeof recorderHello>;

/** Events of the stream of exchanges. */
export const EXCHANGE_EVENTS = {
  /** the first: {@link recorderHello} */
  hello: 'hello',
  /** a `RecordedExchange`; its id is `<recorder>:<number>` */
  exchange: 'exchange',
  /** what was kept has been told, and what comes is new; `{}` */
  live: 'live',
} as const;
