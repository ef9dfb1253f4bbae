import * as z from 'zod';
import { CLIENT_ORIGINS, WAYS_OF_TELLING } from './routes.js';

/** The member of our authorization server's metadata that names the endpoint for {@link clientEvidence}. */
export const CLIENT_EVIDENCE_ENDPOINT = 'mcp_oauth_demo_client_evidence_endpoint';

/** What our authorization server says of a client in demo mode; times in seconds since the epoch. */
export const clientEvidence = z.object({
  client_id: z.string(),
  origin: z.enum(CLIENT_ORIGINS),
  created_at: z.number(),
  last_used_at: z.number().nullable(),
  /** how many codes have been redeemed with this client_id */
  flows: z.number().int().nonnegative(),
  /** whether it was adopted and then told to register; absent if it never was */
  told_to_register: z.object({ at: z.number(), way: z.enum(WAYS_OF_TELLING) }).optional(),
});
/** What the authorization server knows of a client, as it tells it. */
export type ClientEvidence = z.infer<typeof clientEvidence>;
