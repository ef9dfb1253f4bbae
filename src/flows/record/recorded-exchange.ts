import * as z from 'zod';
import { REGISTRATION_ROUTES, WAYS_OF_TELLING } from '../../shared/oauth/routes.js';
import { OBSERVERS } from '../trace/trace.js';

/** What a request is for, in terms of OAuth and MCP. */
export const MEANINGS = [
  'mcp',
  'resource-metadata',
  'authorization-server-metadata',
  'keys',
  'registration',
  'client-configuration',
  'authorization-request',
  'sign-in',
  'token-request',
  'introspection',
  'revocation',
  /** a path of the other server, or a well-known document that this one does not have */
  'misdirected',
  /** somebody who watches did something to a client */
  'lever',
  'preflight',
  'other',
] as const;
/** One of {@link MEANINGS}. */
export type Meaning = (typeof MEANINGS)[number];

/** First 8 hex digits of the SHA-256 of a secret. */
const fingerprint = z.string().regex(/^[0-9a-f]{8}$/);

/** What a request brought along, or a response gave out, by which it can be told to whose flow it belongs. */
export const exchangeLinks = z.object({
  client_id: z.string().optional(),
  redirect_uri: z.string().optional(),
  state: z.string().optional(),
  code_challenge: z.string().optional(),
  /** of the page that waits for its user: what its form will bring back */
  interaction: fingerprint.optional(),
  code: fingerprint.optional(),
  access_token: fingerprint.optional(),
  refresh_token: fingerprint.optional(),
  /** of MCP */
  session: fingerprint.optional(),
});
/** What ties an exchange to others. Secrets are fingerprints. */
export type ExchangeLinks = z.infer<typeof exchangeLinks>;

const json = z.json();
const headers = z.record(z.string(), z.string());

/** What the server knew and the wire does not say, or says only between the lines. */
export const exchangeFacts = z.object({
  /** how the client came by its client_id, by the authorization server's own record */
  route: z.enum(REGISTRATION_ROUTES).optional(),
  /** codes redeemed with this client_id, this one included */
  flows: z.number().int().optional(),
  /** a client that was unknown and was taken in with this request */
  adopted: z.boolean().optional(),
  /** the flow was made to fail so that the client registers */
  told_to_register: z.enum(WAYS_OF_TELLING).optional(),
  grant_type: z.string().optional(),
  scope: z.string().optional(),
  expires_in: z.number().optional(),
  /** whether an introspected token is good */
  active: z.boolean().optional(),
  /** methods in the message, and of tools/call the tool */
  mcp: z.array(z.object({ method: z.string(), name: z.string().optional() })).optional(),
  /** era or revision that was spoken */
  protocol_version: z.string().optional(),
  /** what the client called itself in `initialize` or in the request's _meta */
  mcp_client: z.object({ name: z.string(), version: z.string().optional() }).optional(),
  /** the audience of a token, and what this server is called */
  resource: z
    .object({ requested: z.array(z.string()), configured: z.string(), same: z.boolean() })
    .optional(),
  /** scopes that the token lacks */
  missing_scopes: z.array(z.string()).optional(),
});
/** What the server knew of an exchange. */
export type ExchangeFacts = z.infer<typeof exchangeFacts>;

/** One exchange, as a server or proxy wrote it down: redacted, so that it may be kept, shown and sent. */
export const recordedExchange = z.object({
  /** of the process that recorded it; another one after a restart */
  recorder: z.string(),
  /** its place among all that this recorder wrote down, counted from 1 in the order in which requests came */
  number: z.number().int().positive(),
  /** who was asked */
  to: z.enum(['as', 'rs']),
  from: z.enum(['browser', 'client', 'rs']),
  observed_by: z.enum(OBSERVERS),
  meaning: z.enum(MEANINGS),
  /** when the request came, in milliseconds since the epoch */
  at: z.number(),
  milliseconds: z.number().nonnegative(),
  request: z.object({ method: z.string(), url: z.string(), headers, body: json }),
  /** null where the server gave none */
  response: z.object({ status: z.number().int(), headers, body: json, truncated: z.boolean() }).nullable(),
  error: z.string().nullable(),
  /** stable reason code of a refusal */
  reason_code: z.string().nullable(),
  /** what the request brought along */
  brought: exchangeLinks,
  /** what the response gave out */
  gave: exchangeLinks,
  facts: exchangeFacts,
  /** what the server's log said of it, a sentence each */
  said: z.array(z.string()),
  /** the connection that it came by; null where there was none */
  peer: z.object({ address: z.string(), port: z.number().int() }).nullable(),
});
/** One exchange, as a server or proxy wrote it down. */
export type RecordedExchange = z.infer<typeof recordedExchange>;
