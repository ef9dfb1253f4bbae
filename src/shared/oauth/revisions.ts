/** The revisions of MCP that put rules on authorization, oldest first. */
export const MCP_REVISIONS = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const;

/** One of them. */
export type McpRevision = (typeof MCP_REVISIONS)[number];

/** The revision that is spoken unless the other side wants an older one. */
export const NEWEST_REVISION: McpRevision = '2026-07-28';

/** `2026-07-28`: stateless. `2025`: `initialize` and sessions, 2025-11-25 and older. */
export type McpEra = '2026-07-28' | '2025';

/** The era that a revision belongs to. */
export function eraOf(revision: string): McpEra {
  return revision >= '2026-07-28' ? '2026-07-28' : '2025';
}

/** Which eras a server can be set to speak. */
export const ERA_CHOICES = ['both', '2026-07-28', '2025'] as const;

/** One of them. */
export type EraChoice = (typeof ERA_CHOICES)[number];

/** The revisions that a server speaks by that choice, newest first. */
export function revisionsSpoken(choice: EraChoice): readonly McpRevision[] {
  return MCP_REVISIONS.filter((revision) => choice === 'both' || eraOf(revision) === choice).toReversed();
}
