import {
  Client,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { afterEach, describe, expect, it } from 'vitest';
import { type Listening, startPair, startPairWith } from '../support/cli.js';
import { serveClientDocument } from './support/document-server.js';
import { evidenceOf, expectNoSecretPrinted } from './support/evidence.js';
import { expectTimeInTokyo } from './support/get-time.js';
import { inMemoryProvider } from './support/in-memory-provider.js';
import { installedPackage } from './support/packages.js';
import { signIn } from './support/sign-in.js';

const newProvider = inMemoryProvider<StoredOAuthClientInformation, StoredOAuthTokens, OAuthDiscoveryState>;

let pair: Listening;
const clients: Client[] = [];
const closing: { close(): void }[] = [];

afterEach(async () => {
  await Promise.all([...clients.splice(0), ...closing.splice(0)].map((one) => one.close()));
  await pair.stop();
});

const MODES = [
  { mode: 'legacy', era: '2025' },
  { mode: 'auto', era: '2026-07-28' },
  { mode: { pin: '2026-07-28' }, era: '2026-07-28' },
] as const;

describe.each(MODES)(
  `a client built with ${installedPackage('@modelcontextprotocol/client')}, mode $mode`,
  ({ mode, era }) => {
    async function reachGetTime(
      provider: ReturnType<typeof newProvider> & { readonly clientMetadataUrl?: string },
    ): Promise<URLSearchParams> {
      const client = () => {
        const created = new Client({ name: 'sdk-v2', version: '2' }, { versionNegotiation: { mode } });
        clients.push(created);
        return created;
      };
      const transport = () =>
        new StreamableHTTPClientTransport(new URL(pair.resource), { authProvider: provider });
      const first = transport();
      await expect(client().connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
      const redirect = await signIn(provider.authorizationUrl());
      expect(redirect.searchParams.get('state')).toBe(provider.state());
      await first.finishAuth(redirect.searchParams);
      const connected = client();
      await connected.connect(transport());
      const { tools } = await connected.listTools();
      expect(tools.map((tool) => tool.name)).toEqual(['get_time']);
      expectTimeInTokyo(
        await connected.callTool({ name: 'get_time', arguments: { timezone: 'Asia/Tokyo' } }),
      );
      return redirect.searchParams;
    }

    it(`registers, signs its user in and reaches get_time in the era ${era}, and no secret is logged`, async () => {
      pair = await startPair('--verbose');
      const provider = newProvider();
      const redirect = await reachGetTime(provider);
      const { access_token, refresh_token } = provider.tokens()!;
      expect(await evidenceOf(pair)).toEqual({ routes: ['dcr'], registerRequests: 1, eras: [era] });
      expectNoSecretPrinted(pair, {
        codes: [redirect.get('code')!],
        accessTokens: [access_token],
        others: [refresh_token!],
      });
    });

    it('with a preset client_id never calls /register', async () => {
      pair = await startPair('--verbose', '--client', 'demo-preset');
      await reachGetTime(newProvider({ client_id: 'demo-preset', issuer: pair.issuer }));
      expect(await evidenceOf(pair)).toEqual({ routes: ['preset'], registerRequests: 0, eras: [era] });
    });

    it('with a metadata document never calls /register', async () => {
      const provider = newProvider();
      const document = await serveClientDocument(provider.clientMetadata);
      closing.push(document);
      pair = await startPairWith(document.env, '--verbose', '--cimd-allow-loopback');
      await reachGetTime({ ...provider, clientMetadataUrl: document.url });
      expect(await evidenceOf(pair)).toEqual({ routes: ['cimd'], registerRequests: 0, eras: [era] });
      expect(provider.clientInformation()).toMatchObject({ client_id: document.url });
    });
  },
);
