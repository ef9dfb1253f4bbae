import { checked } from '../checks/checked.js';
import { decodeJwt } from '../checks/jwt.js';
import type { StepContext } from '../context.js';
import type { McpPeer } from '../mcp/post.js';
import type { ClientFacts } from '../registration/client.js';
import { SPEC } from '../specification/spec.js';
import type { AuthorizationServerFacts } from './authorization-server-metadata.js';
import { answerInWords, oauthErrorOf, saysNothing } from '../parsing/json-body.js';
import { probeToken } from './token-probe.js';
import { postAsClient, type TokenFacts } from './token-request.js';

/** What is given back, and where. */
export interface RevocationInput {
  readonly server: AuthorizationServerFacts;
  readonly client: ClientFacts;
  readonly endpoint: string;
  readonly token: TokenFacts;
  /** true if the token may be void already, so that its refusal would prove nothing */
  readonly ended: boolean;
  /** the MCP server, as it is spoken to with the token */
  readonly peer: McpPeer;
}

/**
 * Gives the tokens back, the refresh token first, and sees whether the MCP server still takes the other.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7009#section-2 RFC 7009 §2}
 */
export async function revokeTokens(context: StepContext, input: RevocationInput): Promise<void> {
  const { token, endpoint, peer, ended } = input;
  context.decide(
    `Gives its tokens back at ${endpoint}`,
    'its user said so (--revoke); the refresh token goes first, so that nothing new comes of it',
    SPEC.revocation,
  );
  context.report([checked('as.revocation-endpoint', true, `revocation_endpoint: ${endpoint}`)]);
  if (token.refreshToken === undefined) {
    context.report([checked('as.revocation-refresh-token', undefined, 'there is no refresh token')]);
  } else {
    const answer = await giveBack(context, input, token.refreshToken, 'refresh_token');
    context.report([checked('as.revocation-refresh-token', answer.taken, answer.inWords)]);
  }
  const answer = await giveBack(context, input, token.accessToken, 'access_token');
  context.report([checked('as.revocation-access-token', answer.taken, answer.inWords)]);
  const { accepted, inWords } = await probeToken(peer);
  const refused = accepted === undefined ? undefined : !accepted;
  const selfContained = decodeJwt(token.accessToken) !== undefined;
  context.report([
    checked(
      'rs.revoked-token-refused',
      ended || !answer.taken || (selfContained && refused === false) ? undefined : refused,
      inWords +
        (ended
          ? '; the session had ended before'
          : selfContained && refused === false
            ? '; the token is a JWT, which may be taken until it expires'
            : ''),
    ),
  ]);
}

async function giveBack(
  context: StepContext,
  { server, client, endpoint }: RevocationInput,
  token: string,
  hint: 'refresh_token' | 'access_token',
): Promise<{ readonly taken: boolean | undefined; readonly inWords: string }> {
  const form = { token, token_type_hint: hint };
  const exchange = await postAsClient(context, endpoint, { server, client, form });
  const said = oauthErrorOf(exchange)?.inWords ?? '';
  return {
    taken: saysNothing(exchange) ? undefined : exchange.response?.status === 200,
    inWords: `${hint}: ${answerInWords(exchange)} ${said}`.trim(),
  };
}
