import { removeRegistration } from '../registration/removal.js';
import type { Run } from '../runner.js';

/** Takes away what this run has left at authorization servers and nobody will use again: its registrations. */
export async function cleanUp(run: Run): Promise<void> {
  const removable = run.progress.leftBehind.flatMap(({ clientId, management }) =>
    management ? [{ clientId, management }] : [],
  );
  if (removable.length === 0) return;
  await run.step('clean-up', async (context) => {
    for (const { clientId, management } of removable) {
      await removeRegistration(
        context,
        clientId,
        management,
        'the run is over, and --remember was not given',
      );
    }
  });
}
