import { setTimeout as sleep } from 'node:timers/promises';
import { systemTicker } from '../shared/ticker.js';
import { VERSION } from '../shared/version.js';

/** What following another process needs of this one: a name, and time. */
export const followPorts = {
  userAgent: `mcp-oauth-demo-watch/${VERSION}`,
  every: systemTicker,
  sleep: (milliseconds: number, until: AbortSignal) =>
    sleep(milliseconds, undefined, { signal: until }).catch(() => undefined),
};
