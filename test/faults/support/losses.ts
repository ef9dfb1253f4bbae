import { UnexpectedAnswer } from '../../../scripts/load/network.js';
import { type HeldGrant, inParallel, type Ledger, type Person } from '../../../scripts/load/person.js';

/**
 * Looks for all that was acknowledged, and presents once more all that was used.
 *
 * @param person whoever does it: client ids, codes and tokens are all that it takes
 * @returns a line for each thing that is lost, or was accepted twice; no secret is in it
 */
export async function faultsIn(ledger: Ledger, person: Person): Promise<string[]> {
  const faults: string[] = [];
  await inParallel(ledger.registrations, 16, async (client) => {
    if (!(await accepts(() => person.readRegistration(client)))) faults.push('a registration is lost');
  });
  await inParallel(ledger.grants, 16, async (grant) => {
    for await (const fault of faultsOf(grant, person)) faults.push(fault);
  });
  return faults;
}

/** First what must still be good; what must not be good any more ends the grant when it is presented, so it comes last. */
async function* faultsOf(grant: HeldGrant, person: Person): AsyncGenerator<string> {
  const redeem = () => accepts(() => person.redeem(grant));
  if (grant.code.state === 'given' && !(await redeem())) yield 'a code is lost that nobody had used';
  // No answer came: it may have been accepted, but then not once more.
  else if (grant.code.state === 'sent') await redeem();

  if (grant.revocation === 'done') {
    for (const token of grant.access) {
      if (await person.introspect(grant, token)) yield 'a revocation is lost: an access token is active';
    }
  } else if (grant.revocation === undefined && grant.access.length > 0) {
    for (const token of grant.access) {
      if (!(await person.introspect(grant, token))) yield 'a grant is lost: its access token is not active';
    }
  }
  const newest = grant.refresh.at(-1);
  if (newest) {
    const { state } = newest;
    const accepted = await accepts(() => person.refresh(grant, newest));
    if (grant.revocation === 'done' && accepted) yield 'a revocation is lost: a refresh token is good';
    if (grant.revocation === undefined && state === 'given' && !accepted) yield 'a rotation is lost';
  }
  if (await redeem()) yield 'a code was accepted twice';
  for (const token of grant.refresh.slice(0, newest ? grant.refresh.indexOf(newest) + 1 : 0)) {
    if (await accepts(() => person.refresh(grant, token))) yield 'a refresh token was accepted twice';
  }
}

/** @throws unless the answer is a success, or a refusal of what was presented */
async function accepts(present: () => Promise<unknown>): Promise<boolean> {
  try {
    await present();
    return true;
  } catch (error) {
    if (error instanceof UnexpectedAnswer && [400, 401, 404].includes(error.status)) return false;
    throw error;
  }
}
