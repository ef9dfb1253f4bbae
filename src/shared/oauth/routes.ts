/**
 * How a client came by its `client_id`.
 *
 * - `preset`: configured on the authorization server
 * - `cimd`: the https URL of a Client ID Metadata Document
 * - `dcr`: issued by POST /register, and no code had been redeemed with it before this flow
 * - `dcr-reused`: issued by this authorization server and used in an earlier flow; the client skipped /register
 * - `adopted`: was unknown; the authorization server took it in as a public client
 * - `unknown`: was unknown, and the authorization server refused it
 */
export const REGISTRATION_ROUTES = ['preset', 'cimd', 'dcr', 'dcr-reused', 'adopted', 'unknown'] as const;
/** One of them. */
export type RegistrationRoute = (typeof REGISTRATION_ROUTES)[number];

/** Where the authorization server's record of a client comes from; it never changes. */
export const CLIENT_ORIGINS = ['preset', 'cimd', 'dcr', 'adopted'] as const;
/** One of them. */
export type ClientOrigin = (typeof CLIENT_ORIGINS)[number];

/**
 * Tells the route from the authorization server's own record.
 *
 * @param origin undefined for a client_id that the authorization server does not know
 * @param earlierFlows how many codes had been redeemed with this client_id before the flow in question
 */
export function routeOf(origin: ClientOrigin | undefined, earlierFlows: number): RegistrationRoute {
  if (origin === undefined) return 'unknown';
  if (origin === 'dcr' && earlierFlows > 0) return 'dcr-reused';
  return origin;
}

/**
 * How a client that brought an unknown client_id along is made to register: by an access token that is void from the
 * start, or by `invalid_client` with HTTP 200 in answer to its code.
 */
export const WAYS_OF_TELLING = ['void_token', 'http_200'] as const;
/** One of them. */
export type WayOfTelling = (typeof WAYS_OF_TELLING)[number];
