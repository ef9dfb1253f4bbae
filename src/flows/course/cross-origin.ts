import type { Run } from '../runner.js';
import { askAsPage } from '../steps/cross-origin.js';
import type { Discovered } from './discover.js';

/** Looks at both servers as a client in a browser would, unless the plan leaves it out. The flow does not depend on it. */
export async function lookAsPage(run: Run, { server, resourceMetadataUrl }: Discovered): Promise<void> {
  if (!run.plan.crossOrigin || run.plan.until === 'mcp-call') return;
  const session = run.progress.session === true;
  await run.step('cross-origin', (context) => askAsPage(context, { server, resourceMetadataUrl, session }));
}
