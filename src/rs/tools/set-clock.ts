import * as z from 'zod';
import { SCOPED_TOOLS_SCOPES } from '../../shared/oauth/demo.js';
import { type ClockOffsets, describeOffset } from './clock-offsets.js';
import { defineTool, type Tool } from './tool.js';

/** A year in seconds: far enough for any demonstration, and within what dates can be. */
const MAX_OFFSET_SECONDS = 31_536_000;

/** Sets how far `get_time` goes fast or slow, for the caller alone: a tool that changes something. */
export function createSetClock(offsets: ClockOffsets): Tool {
  return defineTool({
    name: 'set_clock',
    title: 'Set the clock',
    description:
      'Sets how many seconds get_time goes fast (or, below zero, slow) for you; 0 puts it right again. Needs the scope time:write.',
    inputSchema: z.object({
      offset_seconds: z
        .number()
        .int()
        .min(-MAX_OFFSET_SECONDS)
        .max(MAX_OFFSET_SECONDS)
        .describe('seconds by which get_time shall be ahead of the real time; below zero: behind it'),
    }),
    outputSchema: z.object({
      offset_seconds: z.number().int().describe('what get_time adds to the real time from now on'),
      previous_offset_seconds: z.number().int().describe('what it added before'),
    }),
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    scopes: [SCOPED_TOOLS_SCOPES.setClock],
    handler({ offset_seconds }, { token }) {
      const previous_offset_seconds = offsets.of(token);
      offsets.set(token, offset_seconds);
      return {
        content: [{ type: 'text', text: `Your clock ${describeOffset(offset_seconds)}.` }],
        structuredContent: { offset_seconds, previous_offset_seconds },
      };
    },
  });
}
