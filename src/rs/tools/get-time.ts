import * as z from 'zod';
import type { Clock } from '../../shared/clock.js';
import { type ClockOffsets, describeOffset } from './clock-offsets.js';
import { defineTool, type Tool } from './tool.js';

/**
 * The one tool of the walkthrough: the current time in a zone that the caller may choose.
 *
 * @param offsets by how much callers have moved their clocks
 */
export function createGetTime(clock: Clock, offsets: Pick<ClockOffsets, 'of'>): Tool {
  return defineTool({
    name: 'get_time',
    title: 'Current time',
    description: 'Tells the current time in a time zone, UTC unless another one is named.',
    inputSchema: z.object({
      timezone: z
        .string()
        .max(64)
        .optional()
        .describe('IANA time zone name, for example Europe/Berlin or UTC. Default: UTC'),
    }),
    outputSchema: z.object({
      iso8601: z.string().describe('local time in that zone, with its offset from UTC'),
      epoch_seconds: z.number().int().describe('seconds since 1970-01-01T00:00:00Z'),
      timezone: z.string().describe('the IANA time zone name'),
      offset_seconds: z
        .number()
        .int()
        .optional()
        .describe('how far from the real time this is, where the clock was moved'),
    }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    handler({ timezone = 'UTC' }, { token }) {
      const offset = offsets.of(token);
      const now = clock.now() + offset;
      const iso8601 = formatInZone(now, timezone);
      if (iso8601 === undefined) return unknownZone(timezone);
      return {
        content: [
          {
            type: 'text',
            text: `${iso8601} (${timezone}${offset === 0 ? '' : `; your clock ${describeOffset(offset)}`})`,
          },
        ],
        structuredContent: {
          iso8601,
          epoch_seconds: now,
          timezone,
          ...(offset === 0 ? {} : { offset_seconds: offset }),
        },
      };
    },
  });
}

function unknownZone(timezone: string) {
  return {
    isError: true,
    content: [
      {
        type: 'text' as const,
        text: `${JSON.stringify(timezone)} is no IANA time zone name; use one such as Europe/Berlin, America/New_York or UTC`,
      },
    ],
  };
}

/**
 * @param seconds since the epoch
 * @returns ISO 8601 with the zone's offset at that time; undefined if there is no such zone
 */
function formatInZone(seconds: number, timezone: string): string | undefined {
  const format = formatOf(timezone);
  if (!format) return undefined;
  const parts = new Map(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}${offset}`;
}

/** To make a format takes longer than all the rest of a call, so those in use are kept, up to this many. */
const MAX_FORMATS = 100;
const formats = new Map<string, Intl.DateTimeFormat>();

/** @returns undefined if there is no such zone */
function formatOf(timezone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(timezone);
  if (known) return known;
  // Newer Nodes take offsets such as +01:00 for a zone too; they are not names.
  if (!/^[A-Za-z]/.test(timezone)) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    });
    if (formats.size >= MAX_FORMATS) formats.clear();
    formats.set(timezone, format);
    return format;
  } catch {
    return undefined;
  }
}
