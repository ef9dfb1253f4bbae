import type { EraChoice } from '../shared/oauth/revisions.js';
import type { ResourceServerConfig } from './config/index.js';

/** A session has a stream and an end; without sessions there is nothing but messages. */
const METHODS = {
  both: 'GET, POST, DELETE, OPTIONS',
  '2025': 'GET, POST, DELETE, OPTIONS',
  '2026-07-28': 'POST, OPTIONS',
} as const satisfies Readonly<Record<EraChoice, string>>;

/** A path at which MCP is served. */
export interface McpPlace {
  readonly path: string;
  /** as in `Allow` */
  readonly methods: string;
}

/** Where MCP is served: at the path of the resource, and with HTTP+SSE below it, where messages are posted to. */
export function mcpPlaces({
  resource,
  transport,
  era,
}: Pick<ResourceServerConfig, 'resource' | 'transport' | 'era'>): readonly McpPlace[] {
  const path = new URL(resource).pathname;
  if (transport === 'streamable-http') return [{ path, methods: METHODS[era] }];
  return [
    { path, methods: 'GET, OPTIONS' },
    { path: messagesPath(resource), methods: 'POST, OPTIONS' },
  ];
}

/** The path to which clients of HTTP+SSE post their messages. */
export function messagesPath(resource: string): string {
  return `${new URL(resource).pathname.replace(/\/$/, '')}/messages`;
}
