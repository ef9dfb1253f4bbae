import { Flags } from '@oclif/core';
import { ERA_CHOICES, type EraChoice } from '../../shared/oauth/revisions.js';

/** How MCP is spoken, as `rs` and `all` can set it. */
export const mcpFlags = {
  era: Flags.option({
    options: ERA_CHOICES,
    default: 'both' as const,
    description:
      'which MCP is spoken: 2026-07-28 (each request stands for itself), 2025 (initialize; 2025-11-25 and older), or both',
    helpGroup: 'MCP',
  })(),
  transport: Flags.option({
    options: ['streamable-http', 'sse'] as const,
    default: 'streamable-http' as const,
    description: 'MCP transport; sse is HTTP+SSE of 2024-11-05, deprecated, for old clients',
    helpGroup: 'MCP',
  })(),
  sessions: Flags.option({
    options: ['stateful', 'stateless'] as const,
    default: 'stateful' as const,
    description:
      'whether clients of MCP 2025 get sessions; stateless serves each request by itself, for several servers behind' +
      ' one address',
    helpGroup: 'MCP',
  })(),
  'max-sessions': Flags.integer({
    helpValue: '<number>',
    default: 1000,
    min: 1,
    max: 100_000,
    description: 'how many sessions of MCP 2025 may be open; whoever has most makes room for the next',
    helpGroup: 'MCP',
  }),
  'max-streams': Flags.integer({
    helpValue: '<number>',
    default: 1000,
    min: 1,
    max: 100_000,
    description: 'how many streams may be open on which clients listen; one user may hold a tenth of them',
    helpGroup: 'MCP',
  }),
};

/** What these flags come to. */
export interface McpFlags {
  readonly era: EraChoice;
  readonly transport: 'streamable-http' | 'sse';
  readonly sessions: 'stateful' | 'stateless';
  readonly 'max-sessions': number;
  readonly 'max-streams': number;
}

/** The options of the resource server that these flags give. */
export function mcpOptions(flags: McpFlags) {
  return {
    era: flags.era,
    transport: flags.transport,
    sessions: flags.sessions,
    maxSessions: flags['max-sessions'],
    maxStreams: flags['max-streams'],
  };
}
