import { formatScope, missingScopes } from '../../shared/oauth/scope.js';
import { checked } from '../checks/checked.js';
import type { StepContext } from '../context.js';
import type { HttpExchange } from '../exchange/exchange.js';
import { FlowFailure } from '../failure.js';
import type { McpPeer } from '../mcp/post.js';
import type { ClientFacts } from '../registration/client.js';
import { resourceParameter } from '../specification/revisions.js';
import { SPEC } from '../specification/spec.js';
import type { AuthorizationServerFacts } from './authorization-server-metadata.js';
import { answerInWords, jsonBodyOf, oauthErrorOf, saysNothing } from '../parsing/json-body.js';
import { probeToken } from './token-probe.js';
import { postAsClient, requestToken, type TokenFacts } from './token-request.js';

/** What a refresh token is used with. */
export interface RefreshInput {
  readonly server: AuthorizationServerFacts;
  readonly client: ClientFacts;
  /** undefined where the parameter is not to be sent */
  readonly resource: string | undefined;
  /** what the refresh token came with */
  readonly token: TokenFacts;
  readonly refreshToken: string;
  /** the MCP server, as it is spoken to with a token */
  readonly peerWith: (accessToken: string) => McpPeer;
}

/** The tokens after a refresh. */
export interface RefreshFacts {
  readonly token: TokenFacts;
  /** true if the refresh token was replaced */
  readonly rotated: boolean;
  /** true if a replaced refresh token was presented again, after which no token need be good any more */
  readonly replayed: boolean;
}

/**
 * Uses the refresh token, and sees what came of it; then presents the one that was replaced once more, as a thief would.
 *
 * @throws FlowFailure if there is no new token
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-4.3 OAuth 2.1 §4.3}
 */
export async function refreshTokens(context: StepContext, input: RefreshInput): Promise<RefreshFacts> {
  const { token: before, refreshToken } = input;
  const token = await renewed(context, input);
  const rotated = token.refreshToken !== undefined && token.refreshToken !== refreshToken;
  reportRenewed(context, input, token, rotated);
  const probe = await probeToken(input.peerWith(token.accessToken));
  context.report([checked('rs.refreshed-token-accepted', probe.accepted, probe.inWords)]);
  const current = { ...token, refreshToken: token.refreshToken ?? before.refreshToken };
  if (token.refreshToken === undefined || !rotated) return { token: current, rotated, replayed: false };
  await replay(context, input, token.refreshToken);
  return { token: current, rotated, replayed: true };
}

function formFor({ resource }: RefreshInput, refreshToken: string): Readonly<Record<string, string>> {
  return { grant_type: 'refresh_token', refresh_token: refreshToken, ...resourceParameter(resource) };
}

async function renewed(context: StepContext, input: RefreshInput): Promise<TokenFacts> {
  const { server, client, resource, token, refreshToken } = input;
  context.decide(
    'Uses the refresh token, and asks for no scope',
    'its user said so (--refresh); without a scope the new token has that of the one before',
    SPEC.refreshGrant,
  );
  if (resource !== undefined) context.identify('resource', resource, 'resource of the refresh request');
  try {
    const form = formFor(input, refreshToken);
    const renewedToken = await requestToken(context, { server, client, scope: token.scope, form });
    const other = renewedToken.accessToken !== token.accessToken;
    context.report([
      checked(
        'as.refresh-granted',
        true,
        other ? 'another access token came' : 'the same access token came again',
      ),
    ]);
    return renewedToken;
  } catch (error) {
    if (error instanceof FlowFailure) context.report([checked('as.refresh-granted', false, error.message)]);
    throw error;
  }
}

function reportRenewed(
  context: StepContext,
  { client, token: before }: RefreshInput,
  { scope, refreshToken }: TokenFacts,
  rotated: boolean,
): void {
  const isPublic = client.authentication.method === 'none';
  const came = rotated
    ? 'another refresh token came'
    : refreshToken === undefined
      ? 'no refresh token came, so the old one stays'
      : 'the same refresh token came again';
  const had = tokensOf(before.scope);
  const more = missingScopes(tokensOf(scope), had);
  context.report([
    checked(
      'as.refresh-rotates',
      isPublic ? rotated : undefined,
      isPublic ? came : `${came}; the client authenticates, so nobody else could use it`,
    ),
    checked(
      'as.refresh-scope',
      before.scope === undefined ? undefined : more.length === 0,
      more.length === 0 ? `"${scope ?? ''}"` : `${formatScope(more)} came on top of "${formatScope(had)}"`,
    ),
  ]);
}

/** Presents the refresh token that was replaced, and then the one that replaced it. */
async function replay(context: StepContext, input: RefreshInput, successor: string): Promise<void> {
  const { server, client, refreshToken } = input;
  const isPublic = client.authentication.method === 'none';
  context.decide(
    'Presents the old refresh token again',
    'whoever has stolen one would do the same; a good server refuses, and ends what was issued from this grant',
    SPEC.refreshRotation,
  );
  const again = await present(context, input, refreshToken);
  context.report([
    checked(
      'as.refresh-reuse-refused',
      isPublic && again.granted !== undefined ? !again.granted : undefined,
      again.inWords,
    ),
    checked(
      'as.refresh-reuse-error',
      again.granted === false ? again.status === 400 && again.error === 'invalid_grant' : undefined,
      again.inWords,
    ),
  ]);
  if (again.granted !== false) return;
  context.decide(
    'Presents the refresh token that replaced it',
    `${server.issuer} has seen by now that one of the two is in the wrong hands`,
    SPEC.refreshReplay,
  );
  const next = await present(context, input, successor);
  context.report([
    checked('as.refresh-reuse-revokes', next.granted === undefined ? undefined : !next.granted, next.inWords),
  ]);
}

interface Presented {
  /** undefined where the answer says nothing of the token */
  readonly granted: boolean | undefined;
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly inWords: string;
}

async function present(context: StepContext, input: RefreshInput, refreshToken: string): Promise<Presented> {
  const { server, client } = input;
  const form = formFor(input, refreshToken);
  const exchange = await postAsClient(context, server.tokenEndpoint, { server, client, form });
  const refusal = oauthErrorOf(exchange);
  const granted = isGrant(exchange) || (saysNothing(exchange) ? undefined : false);
  const status = exchange.response?.status;
  return {
    granted,
    status,
    error: refusal?.error,
    inWords: granted
      ? 'it was taken, and a token came'
      : `${answerInWords(exchange)} ${refusal?.inWords ?? ''}`.trim(),
  };
}

function isGrant(exchange: HttpExchange): boolean {
  const body = jsonBodyOf(exchange);
  return exchange.response?.status === 200 && body.ok && typeof body.value['access_token'] === 'string';
}

function tokensOf(scope: string | undefined): readonly string[] {
  return (scope ?? '').split(' ').filter((token) => token !== '');
}
