import type { McpEra } from '../../shared/oauth/revisions.js';
import type { HttpExchange } from '../exchange/exchange.js';

/** What came of one MCP request. */
export type McpAnswer =
  | {
      readonly kind: 'result';
      readonly exchange: HttpExchange;
      readonly result: Readonly<Record<string, unknown>>;
    }
  /** 401 or 403: a matter of authorization */
  | { readonly kind: 'refused'; readonly exchange: HttpExchange }
  | {
      readonly kind: 'failed';
      readonly exchange: HttpExchange;
      readonly reason: string;
      /** the code of a JSON-RPC error */
      readonly code?: number;
      readonly data?: unknown;
    };

/** A server whose era is known. */
export interface McpConnection {
  readonly era: McpEra;
  readonly revision: string;
  /** how the era was found out */
  readonly because: string;
  /** sends a request, and waits for its answer */
  request(method: string, params: Readonly<Record<string, unknown>>): Promise<McpAnswer>;
  /** ends what the server keeps for this client */
  close(): Promise<void>;
}
