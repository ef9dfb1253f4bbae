/** A section of a specification, so that a reader can look up why. */
export interface SpecReference {
  readonly title: string;
  readonly url: string;
}

const MCP = 'https://modelcontextprotocol.io/specification/2026-07-28/basic';

function mcp(title: string, path: string): SpecReference {
  return { title: `MCP, ${title}`, url: `${MCP}/${path}` };
}

function rfc(number: number, section: string): SpecReference {
  return {
    title: `RFC ${number} §${section}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`,
  };
}

function oauth21(section: string): SpecReference {
  return {
    title: `OAuth 2.1 §${section}`,
    url: `https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-${section}`,
  };
}

function fetchStandard(title: string, anchor: string): SpecReference {
  return { title: `Fetch, ${title}`, url: `https://fetch.spec.whatwg.org/#${anchor}` };
}

/** Every section that a decision or a check of the flow cites. */
export const SPEC = {
  authorizationIsOptional: mcp('protocol requirements', 'authorization#protocol-requirements'),
  errorHandling: mcp('error handling', 'authorization#error-handling'),
  insufficientScope: mcp(
    'runtime insufficient scope errors',
    'authorization#runtime-insufficient-scope-errors',
  ),
  stepUp: mcp('step-up authorization flow', 'authorization#step-up-authorization-flow'),
  authorizationServerBinding: mcp(
    'authorization server binding',
    'authorization/client-registration#authorization-server-binding',
  ),
  resourceMetadataDiscovery: mcp(
    'protected resource metadata discovery',
    'authorization/authorization-server-discovery#protected-resource-metadata-discovery-requirements',
  ),
  authorizationServerLocation: mcp(
    'authorization server location',
    'authorization/authorization-server-discovery#authorization-server-location',
  ),
  authorizationServerMetadataDiscovery: mcp(
    'authorization server metadata discovery',
    'authorization/authorization-server-discovery#authorization-server-metadata-discovery',
  ),
  scopeSelection: mcp('scope selection strategy', 'authorization#scope-selection-strategy'),
  canonicalServerUri: mcp('canonical server URI', 'authorization#canonical-server-uri'),
  resourceParameter: mcp('resource parameter', 'authorization#resource-parameter-implementation'),
  refreshTokens: mcp('refresh tokens', 'authorization#refresh-tokens'),
  refreshGrant: oauth21('4.3'),
  refreshRotation: oauth21('4.3.1'),
  refreshScope: rfc(6749, '6'),
  refreshReplay: rfc(9700, '4.14.2'),
  revocation: rfc(7009, '2'),
  revocationRequest: rfc(7009, '2.1'),
  revocationResponse: rfc(7009, '2.2'),
  responseValidation: mcp(
    'authorization response validation',
    'authorization#authorization-response-validation',
  ),
  codeProtection: mcp(
    'authorization code protection',
    'authorization/security-considerations#authorization-code-protection',
  ),
  openRedirection: mcp('open redirection', 'authorization/security-considerations#open-redirection'),
  communicationSecurity: mcp(
    'communication security',
    'authorization/security-considerations#communication-security',
  ),
  clientRegistration: mcp('client registration', 'authorization/client-registration'),
  metadataDocuments: mcp(
    'Client ID Metadata Documents',
    'authorization/client-registration#client-id-metadata-documents',
  ),
  preRegistration: mcp('pre-registration', 'authorization/client-registration#pre-registration'),
  dynamicRegistration: mcp(
    'dynamic client registration',
    'authorization/client-registration#dynamic-client-registration',
  ),
  tokenUsage: mcp('access token usage', 'authorization#access-token-usage'),
  versionNegotiation: mcp('protocol version negotiation', 'versioning#protocol-version-negotiation'),
  backwardCompatibility: mcp(
    'backward compatibility of Streamable HTTP',
    'transports/streamable-http#backward-compatibility',
  ),
  sendingMessages: mcp('sending messages', 'transports/streamable-http#sending-messages'),
  sessions: {
    title: 'MCP 2025-11-25, session management',
    url: 'https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management',
  },
  tools: {
    title: 'MCP, tools',
    url: 'https://modelcontextprotocol.io/specification/2026-07-28/server/tools',
  },
  authorizationOverview: mcp('authorization, overview', 'authorization#overview'),
  httpChallenge: rfc(9110, '11.6.1'),
  realm: rfc(9110, '11.5'),
  scopeSyntax: rfc(6749, '3.3'),
  authorizationEndpoint: rfc(6749, '3.1'),
  authorizationBaseUrl: {
    title: 'MCP 2025-03-26, authorization base URL',
    url: 'https://modelcontextprotocol.io/specification/2025-03-26/basic/authorization#authorization-base-url',
  },
  defaultEndpoints: {
    title: 'MCP 2025-03-26, fallbacks for servers without metadata discovery',
    url: 'https://modelcontextprotocol.io/specification/2025-03-26/basic/authorization#fallbacks-for-servers-without-metadata-discovery',
  },
  bearerChallenge: rfc(6750, '3'),
  bearerErrors: rfc(6750, '3.1'),
  bearerMethods: oauth21('5.1'),
  resourceIdentifier: rfc(9728, '1.2'),
  resourceMetadata: rfc(9728, '2'),
  resourceMetadataLocation: rfc(9728, '3'),
  resourceIndicator: rfc(8707, '2'),
  resourceMetadataChallenge: rfc(9728, '5.1'),
  resourceMetadataResponse: rfc(9728, '3.2'),
  resourceMetadataValidation: rfc(9728, '3.3'),
  protectedResources: rfc(9728, '4'),
  authorizationServerMetadata: rfc(8414, '2'),
  authorizationServerMetadataResponse: rfc(8414, '3.2'),
  authorizationServerMetadataValidation: rfc(8414, '3.3'),
  registrationRequest: rfc(7591, '3.1'),
  registrationResponse: rfc(7591, '3.2.1'),
  registrationError: rfc(7591, '3.2.2'),
  registrationRemoval: rfc(7592, '2.3'),
  registrationManagement: rfc(7592, '3'),
  authorizationRequest: rfc(6749, '4.1.1'),
  authorizationResponse: rfc(6749, '4.1.2'),
  authorizationError: rfc(6749, '4.1.2.1'),
  nativeRedirect: rfc(8252, '7.3'),
  issuerIdentification: rfc(9207, '2'),
  issuerAdvertised: rfc(9207, '2.3'),
  issuerValidation: rfc(9207, '2.4'),
  clientAuthentication: rfc(6749, '2.3.1'),
  assertionAuthentication: rfc(7523, '2.2'),
  clientCredentials: {
    title: 'MCP extension, OAuth client credentials',
    url: 'https://modelcontextprotocol.io/extensions/auth/oauth-client-credentials',
  },
  clientCredentialsMetadata: {
    title: 'MCP extension (draft), OAuth client credentials',
    url: 'https://github.com/modelcontextprotocol/ext-auth/blob/main/specification/draft/oauth-client-credentials.mdx',
  },
  clientCredentialsResponse: rfc(6749, '4.4.3'),
  tokenRequest: rfc(6749, '4.1.3'),
  tokenResponse: rfc(6749, '5.1'),
  tokenError: rfc(6749, '5.2'),
  guessing: rfc(6749, '10.10'),
  bearerHeader: rfc(6750, '2.1'),
  shortLived: rfc(6750, '5.3'),
  headerLimits: rfc(9110, '5.4'),
  jwtHeader: rfc(9068, '2.1'),
  jwtClaims: rfc(9068, '2.2'),
  leastPrivilege: rfc(9700, '2.3'),
  referrer: rfc(9700, '4.2.4'),
  redirectStatus: rfc(9700, '4.12'),
  clickjacking: rfc(9700, '4.16'),
  corsEndpoints: rfc(9700, '2.6'),
  cors: fetchStandard('CORS protocol', 'http-cors-protocol'),
  corsAuthorization: fetchStandard(
    'Access-Control-Allow-Headers and Authorization',
    'cors-non-wildcard-request-header-name',
  ),
  corsExpose: fetchStandard('Access-Control-Expose-Headers', 'http-access-control-expose-headers'),
  corsCredentials: fetchStandard('CORS protocol and credentials', 'cors-protocol-and-credentials'),
  corsCaches: fetchStandard('CORS protocol and HTTP caches', 'cors-protocol-and-http-caches'),
  sharedCaches: rfc(9111, '3.5'),
  tokenDisclosure: rfc(6750, '5.2'),
  pkce: rfc(7636, '4.1'),
  pkceMethods: rfc(9700, '2.1.1'),
  noImplicitGrant: rfc(9700, '2.1.2'),
  noPasswordGrant: rfc(9700, '2.4'),
} as const satisfies Readonly<Record<string, SpecReference>>;
