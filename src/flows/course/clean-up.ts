import { takeDown } from '../registration/hosted-document.js';
import { removeRegistration } from '../registration/removal.js';
import type { Run } from '../runner.js';

/** Takes away what this run leaves behind and nobody will use again: its registrations and its documents. */
export async function cleanUp(run: Run): Promise<void> {
  const removable = run.progress.leftBehind.flatMap(({ clientId, management }) =>
    management ? [{ clientId, management }] : [],
  );
  const { hostedDocuments } = run.progress;
  if (removable.length + hostedDocuments.length === 0) return;
  await run.step('clean-up', async (context) => {
    for (const hosted of hostedDocuments) await takeDown(context, hosted);
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
