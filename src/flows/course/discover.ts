import { checked } from '../checks/checked.js';
import type { StepContext } from '../context.js';
import { FlowFailure } from '../failure.js';
import { OLDEST_RULES } from '../specification/revisions.js';
import type { Run } from '../runner.js';
import { SPEC } from '../specification/spec.js';
import {
  type AuthorizationServerFacts,
  readAuthorizationServerMetadata,
} from '../steps/authorization-server-metadata.js';
import { findServerAtBaseUrl } from '../steps/base-url-metadata.js';
import type { Challenged } from '../steps/challenge.js';
import { readResourceMetadata, type ResourceFacts } from '../steps/resource-metadata.js';
import type { ScopeSources } from '../steps/scope.js';
import type { TokenRefusal } from '../steps/token-refusal.js';

/** What a client knows of both servers before it asks for anything. */
export interface Discovered {
  /** what requests name as `resource`; undefined where the revision has no such parameter */
  readonly resource: string | undefined;
  readonly server: AuthorizationServerFacts;
  readonly scopes: ScopeSources;
  /** where the metadata of the resource was found; undefined where it has none */
  readonly resourceMetadataUrl: string | undefined;
}

/**
 * From the challenge to the metadata of both servers.
 *
 * @throws FlowFailure if there is no authorization server to go to
 */
export async function discover(run: Run, challenge: Challenged): Promise<Discovered> {
  const facts = await resourceFacts(run, challenge.resourceMetadata);
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
  const withoutMetadata = run.progress.rules.resourceMetadata === 'nowhere';
  const facts = await run.step('resource-metadata', async (context) => {
    const now = withoutMetadata ? undefined : await readResourceMetadata(context, named);
    if (now !== undefined && now.issuer !== issuer) return now;
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
  facts: ResourceFacts | undefined,
  challenged: string | undefined,
): Promise<Discovered> {
  const server = await run.step('authorization-server-metadata', (context) =>
    facts === undefined
      ? findServerAtBaseUrl(context)
      : readAuthorizationServerMetadata(context, facts.issuer, facts.resource),
  );
  run.progress.server = server;
  return {
    resource: run.plan.resource ?? (run.progress.rules.resourceParameter ? facts?.resource : undefined),
    server,
    scopes: { challenged, supported: facts?.scopesSupported },
    resourceMetadataUrl: facts?.metadataUrl,
  };
}

/** What the resource says of itself; undefined where the authorization server is at its origin instead. */
async function resourceFacts(run: Run, named: string | undefined): Promise<ResourceFacts | undefined> {
  const { rules } = run.progress;
  if (rules.resourceMetadata === 'nowhere') {
    run.skip('resource-metadata', `MCP ${rules.revision} has no protected resource metadata`);
    return undefined;
  }
  return run.step(
    'resource-metadata',
    async (context) => {
      const facts = await readResourceMetadata(context, named);
      if (facts === undefined) goOnAsBefore(run, context);
      else settleWantedResource(context, facts);
      return facts;
    },
    (facts) => (facts === undefined ? `none; goes on as MCP ${OLDEST_RULES.revision} says` : null),
  );
}

/** The user's word counts, and what speaks against it is told. */
function settleWantedResource(context: StepContext, { resource }: ResourceFacts): void {
  const wanted = context.plan.resource;
  if (wanted === undefined) return;
  context.identify('resource', wanted, '--resource');
  context.decide(
    `Will name the resource ${wanted}`,
    wanted === resource
      ? 'its user said so (--resource), and the metadata names the same'
      : `its user said so (--resource), although the metadata names ${resource}: the authorization server may not know` +
          ' this one, and the MCP server may refuse a token for it',
    SPEC.resourceParameter,
  );
}

function goOnAsBefore(run: Run, context: StepContext): void {
  run.progress.rules = OLDEST_RULES;
  context.decide(
    `Goes on by the rules of MCP ${OLDEST_RULES.revision}, with the authorization server at ${new URL(run.plan.target).origin}`,
    'there is no protected resource metadata, neither named nor at a well-known URL, as with servers from before 2025-06-18',
    SPEC.authorizationBaseUrl,
  );
}
