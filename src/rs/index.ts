/** The MCP server as OAuth resource server, for programs that want one of their own. */
export { createResourceServer, type ResourceServer, type ResourceServerDeps } from './app.js';
export { checkResourceServerOptions } from './config/check-options.js';
export type {
  IntrospectionAuth,
  ResourceServerOptions,
  TrustedAuthorizationServer,
  Verification,
} from './config/options.js';
export type { PostForm } from '../shared/http/post-form.js';
export type { ConnectableServer, McpHandler, McpServers } from './mcp/mcp-servers.js';
export type { ToolRegistry, ToolRegistryOfV1 } from './mcp/mount-tools.js';
export type { ServerInfo } from './mcp/server-info.js';
export { type AuthInfo, verifiedTokenOf } from './mcp/token-passage.js';
export type {
  ContentAnnotations,
  ContentBlock,
  EmbeddedResource,
  MediaContent,
  ResourceLink,
  TextContent,
} from './tools/content.js';
export type { JsonSchema, SchemaIssue, StandardResult, StandardSchema } from './tools/schema.js';
export {
  defineTool,
  type LogLevel,
  type Tool,
  type ToolAnnotations,
  type ToolContext,
  type ToolResult,
} from './tools/tool.js';
export type { VerifiedToken } from './verifiers/token-verifier.js';
export { ConfigurationError } from '../shared/configuration-error.js';
export type { Clock } from '../shared/clock.js';
export type { EmittedEvent, EventSink } from '../shared/events/events.js';
export { type Fetch, networkOf, type WebApp } from '../shared/http/fetch.js';
export type { Peer } from '../shared/http/peer.js';
export type { Random } from '../shared/random.js';
export type { EraChoice } from '../shared/oauth/revisions.js';
export type { SignatureAlgorithm } from '../shared/oauth/signature-algorithms.js';
export type { Ticker } from '../shared/ticker.js';
