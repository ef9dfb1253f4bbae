import type { StepContext } from '../context.js';
import { FlowFailure } from '../failure.js';
import { SPEC } from '../specification/spec.js';
import type { AuthorizationServerFacts } from '../steps/authorization-server-metadata.js';
import { isDocumentUrl } from './document-url.js';

/**
 * Forgets the client of an authorization server that is no longer in charge.
 *
 * @throws FlowFailure if the client_id is one that the user brought for the former
 * @see {@link https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization/client-registration#authorization-server-binding MCP, authorization server binding}
 */
export function leaveCredentials(
  context: StepContext,
  { from, to }: { readonly from: AuthorizationServerFacts; readonly to: AuthorizationServerFacts },
): void {
  const { clientId } = context.plan;
  if (clientId !== undefined && !isDocumentUrl(clientId, to.metadata)) {
    throw new FlowFailure(
      `the client_id ${clientId} belongs to ${from.issuer}, and the MCP server trusts ${to.issuer} now: what one` +
        ' authorization server issued is not shown to another; create a client at the new one',
    );
  }
  context.decide(
    `Leaves behind what it was at ${from.issuer}`,
    `the MCP server trusts ${to.issuer} now, and credentials belong to the authorization server that issued them`,
    SPEC.authorizationServerBinding,
  );
}
