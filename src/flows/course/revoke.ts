import { checked } from '../checks/checked.js';
import { SPEC } from '../specification/spec.js';
import type { Run } from '../runner.js';
import { revokeTokens } from '../steps/revocation.js';
import type { Authorized } from './authorize.js';
import { peerOf } from './use-token.js';

/**
 * Gives the tokens back, if the plan wants that and the authorization server takes them.
 *
 * @param ended true if they may be void already
 */
export async function revoke(run: Run, authorized: Authorized, ended: boolean): Promise<void> {
  if (!run.plan.revoke) return;
  const { client, token, discovered } = authorized;
  const { server } = discovered;
  const endpoint = server.metadata.revocation_endpoint;
  await run.step(
    'revocation',
    async (context) => {
      if (endpoint !== undefined) {
        const peer = peerOf(run, { under: 'revocation' }, () => token.accessToken);
        await revokeTokens(context, { server, client, endpoint, token, ended, peer });
        return 'the tokens were given back';
      }
      context.report([checked('as.revocation-endpoint', false, 'revocation_endpoint: missing')]);
      const life =
        token.expiresIn === undefined
          ? 'their end, which nobody told'
          : `${token.expiresIn} s from their issue`;
      context.decide(
        'Keeps its tokens',
        `the metadata of ${server.issuer} names no revocation_endpoint; they work until ${life}`,
        SPEC.revocation,
      );
      return 'the authorization server takes no tokens back';
    },
    (inWords) => inWords,
  );
}
