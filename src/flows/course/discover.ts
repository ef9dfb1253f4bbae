import { checked } from '../checks/checked.js';
import { FlowFailure } from '../failure.js';
import type { Run } from '../runner.js';
import {
  type AuthorizationServerFacts,
  readAuthorizationServerMetadata,
} from '../steps/authorization-server-metadata.js';
import type { ChallengeResult } from '../steps/challenge.js';
import { readResourceMetadata, type ResourceFacts } from '../steps/resource-metadata.js';
import type { ScopeSources } from '../steps/scope.js';
import type { TokenRefusal } from '../steps/token-refusal.js';

/** What a client knows of both servers before it asks for anything. */
export interface Discovered {
  readonly resource: string;
  readonly server: AuthorizationServerFacts;
  readonly scopes: ScopeSources;
}

/** From the challenge to the metadata of both servers. */
export async function discover(
  run: Run,
  challenge: Pick<Extract<ChallengeResult, { kind: 'challenged' }>, 'resourceMetadata' | 'scope'>,
): Promise<Discovered> {
  const facts = await run.step('resource-metadata', (context) =>
    readResourceMetadata(context, challenge.resourceMetadata),
  );
  return discoverServer(run, facts, challenge.scope);
}

/**
 * After a token that was good is refused: reads the metadata of the resource again, and goes on if it names another
 * authorization server now.
 *
 * @throws FlowFailure if it is still the same, which issued that token
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration#authorization-server-binding MCP, authorization server binding}
 */
export async function discoverAgain(
  run: Run,
  before: Discovered,
  { challenge, inWords }: TokenRefusal,
): Promise<Discovered> {
  const { resource_metadata: named, scope } = challenge?.parameters ?? {};
  const { issuer } = before.server;
  const facts = await run.step('resource-metadata', async (context) => {
    const now = await readResourceMetadata(context, named);
    if (now.issuer !== issuer) return now;
    context.report([checked('rs.token-accepted', false, `${inWords}, after it was accepted`)]);
    throw new FlowFailure(
      `the server refuses the token that it took a moment ago (${inWords}), and its authorization server is still` +
        ` ${issuer}: another token would fare no better`,
    );
  });
  return discoverServer(run, facts, scope);
}

async function discoverServer(
  run: Run,
  { resource, issuer, scopesSupported }: ResourceFacts,
  challenged: string | undefined,
): Promise<Discovered> {
  const server = await run.step('authorization-server-metadata', (context) =>
    readAuthorizationServerMetadata(context, issuer, resource),
  );
  run.progress.server = server;
  return { resource, server, scopes: { challenged, supported: scopesSupported } };
}
