import type { Run } from '../runner.js';
import {
  type AuthorizationServerFacts,
  readAuthorizationServerMetadata,
} from '../steps/authorization-server-metadata.js';
import type { ChallengeResult } from '../steps/challenge.js';
import { readResourceMetadata } from '../steps/resource-metadata.js';
import type { ScopeSources } from '../steps/scope.js';

/** What a client knows of both servers before it asks for anything. */
export interface Discovered {
  readonly resource: string;
  readonly server: AuthorizationServerFacts;
  readonly scopes: ScopeSources;
}

/** From the challenge to the metadata of both servers. */
export async function discover(
  run: Run,
  challenge: Extract<ChallengeResult, { kind: 'challenged' }>,
): Promise<Discovered> {
  const { resource, issuer, scopesSupported } = await run.step('resource-metadata', (context) =>
    readResourceMetadata(context, challenge.resourceMetadata),
  );
  const server = await run.step('authorization-server-metadata', (context) =>
    readAuthorizationServerMetadata(context, issuer, resource),
  );
  run.progress.server = server;
  return { resource, server, scopes: { challenged: challenge.scope, supported: scopesSupported } };
}
