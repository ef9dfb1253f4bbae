import {
  auth,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { inMemoryProvider } from './in-memory-provider.js';
import { signIn } from './sign-in.js';

/**
 * Gets an access token as a client that registers and signs its user in, for programs that can do neither.
 *
 * @param resource URL of the MCP endpoint
 */
export async function accessTokenFor(resource: string): Promise<string> {
  const provider = inMemoryProvider<StoredOAuthClientInformation, StoredOAuthTokens, OAuthDiscoveryState>();
  await auth(provider, { serverUrl: resource });
  const { searchParams } = await signIn(provider.authorizationUrl());
  await auth(provider, {
    serverUrl: resource,
    authorizationCode: searchParams.get('code')!,
    iss: searchParams.get('iss')!,
  });
  return provider.tokens()!.access_token;
}
