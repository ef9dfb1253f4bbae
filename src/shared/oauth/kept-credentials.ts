import * as z from 'zod';

/**
 * What a client keeps of a registration, to come with the same client_id again. It is good for one issuer only.
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration#authorization-server-binding MCP, authorization server binding}
 */
export const keptCredentials = z.object({
  /** the issuer of the authorization server that issued the client_id, as its metadata spells it */
  issuer: z.string().min(1),
  client_id: z.string().min(1),
  client_secret: z.string().min(1).optional(),
  /** seconds since the epoch; 0 or absent: never */
  client_secret_expires_at: z.number().optional(),
  token_endpoint_auth_method: z.string(),
  registration_access_token: z.string().min(1).optional(),
  registration_client_uri: z.string().min(1).optional(),
  /** absent for a client that acts for itself */
  redirect_uri: z.string().min(1).optional(),
  /** seconds since the epoch */
  registered_at: z.number(),
});
/** What a client keeps of a registration. It holds secrets. */
export type KeptCredentials = z.infer<typeof keptCredentials>;

/** Where a client keeps its credentials between two runs. */
export interface CredentialStore {
  /** @returns undefined if there are none, or none that can be read */
  get(issuer: string): Promise<KeptCredentials | undefined>;
  put(credentials: KeptCredentials): Promise<void>;
  /** Does nothing if there are none. */
  delete(issuer: string): Promise<void>;
  /** The issuer that a resource named when credentials were last used for it; undefined if they never were. */
  issuerOf(target: string): Promise<string | undefined>;
  putIssuer(target: string, issuer: string): Promise<void>;
}
