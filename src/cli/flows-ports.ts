import { performance } from 'node:perf_hooks';
import { describeEvent } from './log/describe-event.js';

/** What those who watch flows are given: a clock that never goes back, and the words of the log. */
export const flowsPorts = {
  milliseconds: () => performance.now(),
  since: performance.timeOrigin,
  describe: describeEvent,
};
