import type { Meaning, RecordedExchange } from '../record/recorded-exchange.js';
import { SPEC, type SpecReference } from '../specification/spec.js';

/** Why a request is sent, and where that is written down. */
export interface MeaningText {
  readonly purpose: string;
  /** undefined where no specification asks for it */
  readonly spec: SpecReference | undefined;
}

const TEXTS: Readonly<Record<Meaning, MeaningText>> = {
  mcp: {
    purpose: 'A message to the MCP server. Without a token that it accepts, it answers with a challenge.',
    spec: SPEC.tokenUsage,
  },
  'resource-metadata': {
    purpose: 'The client learns which resource this is, and which authorization server it trusts.',
    spec: SPEC.resourceMetadataDiscovery,
  },
  'authorization-server-metadata': {
    purpose: 'The client learns the endpoints of the authorization server, and what it supports.',
    spec: SPEC.authorizationServerMetadataDiscovery,
  },
  keys: {
    purpose: 'The keys with which signed tokens are verified are read.',
    spec: SPEC.authorizationServerMetadata,
  },
  registration: {
    purpose: 'The client describes itself, and is given a client_id for it.',
    spec: SPEC.dynamicRegistration,
  },
  'client-configuration': {
    purpose: 'The client reads, changes or removes what it registered.',
    spec: SPEC.registrationManagement,
  },
  'authorization-request': {
    purpose: 'The client sends its user here to sign in and agree, with a PKCE challenge and a state.',
    spec: SPEC.authorizationRequest,
  },
  'sign-in': {
    purpose: 'The user signs in or answers what they are asked.',
    spec: SPEC.authorizationEndpoint,
  },
  'token-request': { purpose: 'The client asks for an access token.', spec: SPEC.tokenRequest },
  introspection: {
    purpose: 'The MCP server asks whether a token is good, and for whom.',
    spec: { title: 'RFC 7662 §2', url: 'https://www.rfc-editor.org/rfc/rfc7662#section-2' },
  },
  revocation: { purpose: 'The client gives a token back.', spec: SPEC.revocation },
  misdirected: {
    purpose:
      'This server has no such place: the client looks for it at the wrong host, or for a document that is not here.',
    spec: SPEC.authorizationServerLocation,
  },
  lever: {
    purpose: 'Somebody who watches did something to this client here, to see what it does then.',
    spec: undefined,
  },
  preflight: {
    purpose: 'A browser asks whether a page of another origin may send the request that follows.',
    spec: SPEC.cors,
  },
  other: { purpose: 'Nothing of the authorization flow.', spec: undefined },
};

const OF_GRANT: Readonly<Record<string, MeaningText>> = {
  authorization_code: {
    purpose:
      'The client turns the code into an access token, and proves with its verifier that the code is its own.',
    spec: SPEC.tokenRequest,
  },
  refresh_token: {
    purpose: 'The client turns its refresh token into a new access token.',
    spec: SPEC.refreshGrant,
  },
  client_credentials: {
    purpose: 'The client asks for a token in its own name.',
    spec: SPEC.clientCredentials,
  },
};

/** Why this request was sent, for those who do not know. */
export function meaningText({ meaning, facts }: Pick<RecordedExchange, 'meaning' | 'facts'>): MeaningText {
  const { grant_type: grant } = facts;
  const ofGrant = grant !== undefined && Object.hasOwn(OF_GRANT, grant) ? OF_GRANT[grant] : undefined;
  return (meaning === 'token-request' ? ofGrant : undefined) ?? TEXTS[meaning];
}
