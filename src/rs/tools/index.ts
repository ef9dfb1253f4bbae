import type { Clock } from '../../shared/clock.js';
import type { ResourceServerConfig } from '../config/index.js';
import { createClockOffsets } from './clock-offsets.js';
import { createGetTime } from './get-time.js';
import { createSetClock } from './set-clock.js';
import type { Tool } from './tool.js';
import { createWhoami } from './whoami.js';

/** The tools that this server brings along: the one of the walkthrough, and those that need scopes of their own. */
export function builtInTools(
  { scopedTools }: Pick<ResourceServerConfig, 'scopedTools'>,
  clock: Clock,
): readonly Tool[] {
  const offsets = createClockOffsets();
  const getTime = createGetTime(clock, offsets);
  return scopedTools ? [getTime, createWhoami(), createSetClock(offsets)] : [getTime];
}
