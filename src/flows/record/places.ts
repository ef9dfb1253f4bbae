/** Members of metadata documents that name a place. */
const PLACE_MEMBERS = [
  'resource',
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'jwks_uri',
] as const;
type PlaceMember = (typeof PLACE_MEMBERS)[number];

/** Where a watched server is, and what its paths mean. Members are URLs, named as in the metadata. */
export interface ServerPlaces extends Partial<Readonly<Record<PlaceMember, string>>> {
  readonly server: 'as' | 'rs';
}

/** Documents that were read before: a server that is watched is asked for its own at each request. */
const read = new WeakMap<Readonly<Record<string, unknown>>, ServerPlaces>();

/** The places that a metadata document names (RFC 8414, RFC 9728), of whichever server. */
export function placesIn(
  server: ServerPlaces['server'],
  metadata: Readonly<Record<string, unknown>>,
): ServerPlaces {
  const known = read.get(metadata);
  if (known?.server === server) return known;
  const places = readPlaces(server, metadata);
  read.set(metadata, places);
  return places;
}

function readPlaces(
  server: ServerPlaces['server'],
  metadata: Readonly<Record<string, unknown>>,
): ServerPlaces {
  const named = PLACE_MEMBERS.filter((member) => URL.canParse(String(metadata[member])));
  return { server, ...Object.fromEntries(named.map((member) => [member, metadata[member]])) };
}
