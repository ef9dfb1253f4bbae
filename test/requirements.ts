import { clientIdMetadataDocument } from './requirements/client-id-metadata-document.js';
import { mcp } from './requirements/mcp.js';
import { oauth21 } from './requirements/oauth-2.1.js';
import { rfc6750 } from './requirements/rfc6750.js';
import { rfc7009 } from './requirements/rfc7009.js';
import { rfc7523 } from './requirements/rfc7523.js';
import { rfc7591 } from './requirements/rfc7591.js';
import { rfc7592 } from './requirements/rfc7592.js';
import { rfc7636 } from './requirements/rfc7636.js';
import { rfc7662 } from './requirements/rfc7662.js';
import { rfc8252 } from './requirements/rfc8252.js';
import { rfc8414 } from './requirements/rfc8414.js';
import { rfc8707 } from './requirements/rfc8707.js';
import { rfc9068 } from './requirements/rfc9068.js';
import { rfc9207 } from './requirements/rfc9207.js';
import { rfc9700 } from './requirements/rfc9700.js';
import { mcpAuthorizationOfServers } from './requirements/resource-server/mcp-authorization.js';
import { mcpProtocol2025 } from './requirements/resource-server/mcp-protocol-2025.js';
import { mcpProtocol } from './requirements/resource-server/mcp-protocol.js';
import { oauth21OfResourceServers } from './requirements/resource-server/oauth-2.1.js';
import { rfc6750OfResourceServers } from './requirements/resource-server/rfc6750.js';
import { rfc7662OfResourceServers } from './requirements/resource-server/rfc7662.js';
import { rfc8414OfResourceServers } from './requirements/resource-server/rfc8414.js';
import { rfc9068OfResourceServers } from './requirements/resource-server/rfc9068.js';
import { rfc9700OfResourceServers } from './requirements/resource-server/rfc9700.js';
import { rfc9728 } from './requirements/resource-server/rfc9728.js';
import { streamableHttp } from './requirements/resource-server/streamable-http.js';
import { transports2025 } from './requirements/resource-server/transports-2025.js';

/** What every specification asks of the authorization server. */
const OF_THE_AUTHORIZATION_SERVER = [
  mcp,
  oauth21,
  rfc6750,
  rfc7009,
  rfc7523,
  rfc7591,
  rfc7592,
  rfc7636,
  rfc7662,
  rfc8252,
  rfc8414,
  rfc8707,
  rfc9068,
  rfc9207,
  rfc9700,
  clientIdMetadataDocument,
] as const;

/** What every specification asks of the MCP server, which is the resource server of OAuth. */
const OF_THE_RESOURCE_SERVER = [
  mcpAuthorizationOfServers,
  streamableHttp,
  mcpProtocol,
  transports2025,
  mcpProtocol2025,
  oauth21OfResourceServers,
  rfc6750OfResourceServers,
  rfc7662OfResourceServers,
  rfc8414OfResourceServers,
  rfc9068OfResourceServers,
  rfc9700OfResourceServers,
  rfc9728,
] as const;

/** What is asked of each role; `docs/compliance.md` is written from it. */
export const ROLES = [
  { role: 'authorization server', specifications: OF_THE_AUTHORIZATION_SERVER },
  { role: 'resource server', specifications: OF_THE_RESOURCE_SERVER },
] as const;

export const SPECIFICATIONS = [...OF_THE_AUTHORIZATION_SERVER, ...OF_THE_RESOURCE_SERVER] as const;

export type RequirementId = (typeof SPECIFICATIONS)[number]['requirements'][number]['id'];
