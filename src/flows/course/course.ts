import { type Challenged, requestChallenge } from '../steps/challenge.js';
import type { Run } from '../runner.js';
import { authorize } from './authorize.js';
import { discover } from './discover.js';
import { refresh } from './refresh.js';
import { revoke } from './revoke.js';
import { lookAsPage } from './cross-origin.js';
import { callWithoutToken, type Filed, peerOf, useToken } from './use-token.js';

/**
 * The whole flow, from the first request to the last: challenge, discovery, authorization, use of the token.
 *
 * @returns whether the server is protected
 * @throws FlowFailure where it can't go on
 */
export async function goThrough(run: Run): Promise<boolean> {
  const challenged = await findChallenge(run);
  if (challenged === undefined) return false;
  const discovered = await discover(run, challenged);
  const authorized = await useToken(run, await authorize(run, discovered));
  const { authorized: current, ended } = await refresh(run, authorized);
  await lookAsPage(run, current.discovered);
  await revoke(run, current, ended);
  return true;
}

/** Goes on without a token until one is asked for; undefined if none is. */
async function findChallenge(run: Run): Promise<Challenged | undefined> {
  const filed: Filed = { under: 'challenge' };
  const { until } = run.plan;
  const challenge = await run.step('challenge', async (context) => {
    const result = await requestChallenge(context, peerOf(run, filed));
    if (result.kind === 'not-protected' && until === 'challenge') await result.connection.close();
    return result;
  });
  if (challenge.kind === 'challenged') return challenge;
  const { connection } = challenge;
  run.progress.revision = connection.revision;
  // Not `stopped`: there is nothing more to be found out about the authorization.
  if (until === 'challenge') return undefined;
  return callWithoutToken(run, connection, filed);
}
