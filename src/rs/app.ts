import { type Clock, systemClock } from '../shared/clock.js';
import { createEmitter } from '../shared/events/emitter.js';
import type { EventSink } from '../shared/events/events.js';
import { type Fetch, globalFetch, type WebApp } from '../shared/http/fetch.js';
import type { PostForm } from '../shared/http/post-form.js';
import { type Random, systemRandom } from '../shared/random.js';
import { systemTicker, type Ticker } from '../shared/ticker.js';
import { createAuthorizationServers } from './authorization-servers/directory.js';
import { createBearerGate } from './bearer.js';
import { createCalls } from './calls.js';
import { createChallenges } from './challenges.js';
import { parseConfig } from './config/index.js';
import type { ResourceServerOptions } from './config/options.js';
import { createFormPost } from './form-post.js';
import { createMcpEndpoint } from './mcp/endpoint.js';
import { createSseEndpoint } from './mcp/sse-endpoint.js';
import { messagesPath } from './mcp-places.js';
import { createMetadataDocument, isThere } from './metadata-document.js';
import { createReadiness } from './readiness.js';
import { ANY_NUMBER, createRefusedTokens } from './refused-tokens.js';
import { buildRoutes } from './routes.js';
import { createScopeCheck } from './scopes/scope-check.js';
import { compileTools } from './tools/compile-tools.js';
import { builtInTools } from './tools/index.js';
import { createIssuers, createTokenVerifier } from './verifiers/index.js';
import type { VerifiedToken } from './verifiers/token-verifier.js';

/** How the resource server reaches the world; each has a default. */
export interface ResourceServerDeps {
  readonly clock?: Clock | undefined;
  /** when to look for what has to end */
  readonly ticker?: Ticker | undefined;
  readonly random?: Random | undefined;
  /** reads the authorization servers' metadata and keys */
  readonly fetch?: Fetch | undefined;
  /** asks the introspection endpoint; by default `fetch` does */
  readonly postForm?: PostForm | undefined;
  /** monotonic; for durations in the log and pauses between attempts */
  readonly milliseconds?: (() => number) | undefined;
  /** where events go; by default nowhere */
  readonly onEvent?: EventSink | undefined;
}

/** How long calls under way may take to be answered once this server is closed, in milliseconds. */
const PATIENCE_MILLISECONDS = 3000;

/** A resource server as a web-standard app. */
export interface ResourceServer extends WebApp {
  /** Says in `/readyz` from now on that this server is about to stop; everything is still answered. */
  stop(): void;
  /**
   * Takes no more calls, lets those under way be answered, and ends streams and sessions.
   *
   * @param milliseconds how long those calls may take; a call is under way until its answer has been read. Default: 3000
   */
  close(milliseconds?: number): Promise<void>;
  /**
   * For the start: warns if the audience of tokens is not checked, and looks for the authorization servers now rather
   * than at the first request.
   *
   * @returns whether all were found; false is no failure, since they are looked for again
   */
  ready(): Promise<boolean>;
}

/**
 * Creates the MCP server that accepts access tokens of its authorization servers.
 *
 * @throws ConfigurationError for options that can't be served
 */
export function createResourceServer(
  options: ResourceServerOptions,
  deps: ResourceServerDeps = {},
): ResourceServer {
  const config = parseConfig(options);
  const { clock = systemClock, ticker = systemTicker, random = systemRandom } = deps;
  const { fetch = globalFetch, onEvent = () => {} } = deps;
  const milliseconds = deps.milliseconds ?? (() => clock.now() * 1000);
  const emit = createEmitter('rs', clock, onEvent);
  const servers = createAuthorizationServers(config, { fetch, milliseconds, emit });
  const postForm = deps.postForm ?? createFormPost(fetch);
  const issuers = createIssuers(config, servers, { fetch, postForm, clock, milliseconds, emit });
  const verifier = createTokenVerifier(config, servers, issuers, { clock, emit });
  const tools = config.tools ?? compileTools(builtInTools(config, clock));
  const challenges = createChallenges(config, emit);
  const scopeCheck = createScopeCheck(config, tools);
  const refusedTokens = config.rateLimit ? createRefusedTokens({ clock, emit }) : ANY_NUMBER;
  const parts = {
    tools,
    refuseCalls(body: unknown, token: VerifiedToken) {
      const lack = scopeCheck.ofCalls(body, token);
      return lack && challenges.insufficientScope(lack, token);
    },
    mcpServers: config.mcpServers,
    info: config.info,
    // The tools that are built in log nothing.
    capabilities: config.tools ? { logging: {} } : {},
    maxStreams: config.maxStreams,
    clock,
    ticker,
    random,
    emit,
  };
  const { era, sessions, maxSessions, sessionIdleSeconds } = config;
  const mcp =
    config.transport === 'sse'
      ? createSseEndpoint({ ...parts, messagesPath: messagesPath(config.resource) })
      : createMcpEndpoint({ ...parts, era, sessions, maxSessions, sessionIdleSeconds });
  const stopping = new AbortController();
  const closing = new AbortController();
  const calls = createCalls(closing.signal);
  const app = buildRoutes(config, {
    metadata: createMetadataDocument(config, servers, milliseconds),
    gate: createBearerGate(config, { verifier, scopeCheck, refusedTokens, challenges, emit }),
    readiness: createReadiness(issuers, stopping.signal, milliseconds),
    calls,
    mcp,
    emit,
    milliseconds,
  });
  return {
    fetch: async (request, peer) => app.fetch(request, { peer }),
    stop: () => stopping.abort(),
    async close(milliseconds = PATIENCE_MILLISECONDS) {
      stopping.abort();
      closing.abort();
      await calls.settled(milliseconds);
      servers.close();
      await mcp.close();
    },
    async ready() {
      if (!config.oauthStrict) {
        emit({ kind: 'rs.audience_unchecked', resource: config.resource }, 'warning');
      }
      if (config.transport === 'sse') emit({ kind: 'rs.transport_deprecated', transport: 'sse' }, 'warning');
      if (config.verify === 'jwt') emit({ kind: 'rs.revocation_unseen' });
      const found = await Promise.all(servers.all.map((server) => isThere(() => server.find())));
      return found.every(Boolean);
    },
  };
}
