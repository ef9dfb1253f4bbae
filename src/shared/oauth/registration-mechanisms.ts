/**
 * The ways in which a client can become known to our authorization server.
 *
 * - `preset`: its operator configures the client
 * - `cimd`: its `client_id` is the URL of a document that describes it
 * - `dcr`: dynamic client registration, POST /register
 *
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration MCP, Client Registration}
 */
export const REGISTRATION_MECHANISMS = ['preset', 'cimd', 'dcr'] as const;
/** One of them. */
export type RegistrationMechanism = (typeof REGISTRATION_MECHANISMS)[number];
