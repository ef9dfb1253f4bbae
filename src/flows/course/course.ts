import { requestChallenge } from '../steps/challenge.js';
import type { Run } from '../runner.js';
import { FLOW_STEPS } from '../trace/trace.js';
import { authorize } from './authorize.js';
import { discover } from './discover.js';
import { refresh } from './refresh.js';
import { revoke } from './revoke.js';
import { lookAsPage } from './cross-origin.js';
import { callOn, peerOf, useToken } from './use-token.js';

/**
 * The whole flow, from the first request to the last: challenge, discovery, authorization, use of the token.
 *
 * @returns whether the server is protected
 * @throws FlowFailure where it can't go on
 */
export async function goThrough(run: Run): Promise<boolean> {
  const challenge = await run.step('challenge', async (context) => {
    const result = await requestChallenge(context, peerOf(run, context));
    if (result.kind === 'not-protected' && run.plan.until === 'challenge') await result.connection.close();
    return result;
  });
  if (challenge.kind === 'not-protected') {
    run.progress.revision = challenge.connection.revision;
    // Not `stopped`: there is nothing more to be found out about the authorization.
    if (run.plan.until === 'challenge') return false;
    for (const id of FLOW_STEPS.slice(1, -1)) run.skip(id, 'the server asks for no authorization');
    await callOn(run, challenge.connection);
    return false;
  }
  const discovered = await discover(run, challenge);
  const authorized = await useToken(run, await authorize(run, discovered));
  const { authorized: current, ended } = await refresh(run, authorized);
  await lookAsPage(run, current.discovered);
  await revoke(run, current, ended);
  return true;
}
