import { describe, expect, it } from 'vitest';
import { type ClientMeans, replayPrecedence } from '../../../src/flows/registration/precedence.js';
import type { AuthorizationServerMetadata } from '../../../src/shared/oauth/metadata.js';
import { AS_METADATA, createForeignPair, inspect, json } from '../support.js';

const DOCUMENT = 'https://client.example/oauth/client.json';

const NOTHING: ClientMeans = { authenticationMethods: ['none', 'client_secret_basic', 'client_secret_post'] };

const WITH_DOCUMENTS: AuthorizationServerMetadata = {
  ...AS_METADATA,
  client_id_metadata_document_supported: true,
};
const WITHOUT_REGISTRATION: AuthorizationServerMetadata = {
  ...AS_METADATA,
  registration_endpoint: undefined,
};

function replay(metadata: AuthorizationServerMetadata, means: Partial<ClientMeans> = {}) {
  const { ways, chosen, conforming, departure } = replayPrecedence(metadata, { ...NOTHING, ...means });
  const reasons = Object.fromEntries(ways.map(({ way, because }) => [way, because]));
  const open = ways.filter(({ possible }) => possible).map(({ way }) => way);
  return { open, chosen, conforming, departure, reasons, order: ways.map(({ way }) => way) };
}

describe('the order of the ways to a client_id', () => {
  it('is the one of the specification, whatever is open', () => {
    expect(replay(WITH_DOCUMENTS, { clientId: 'known', documentUrl: DOCUMENT })).toMatchObject({
      order: ['preset', 'cimd', 'dcr', 'ask'],
      open: ['preset', 'cimd', 'dcr', 'ask'],
      chosen: 'preset',
      conforming: 'preset',
    });
    expect(replay(WITH_DOCUMENTS, { documentUrl: DOCUMENT }).chosen).toBe('cimd');
    expect(replay(WITH_DOCUMENTS).chosen).toBe('dcr');
    expect(replay(WITHOUT_REGISTRATION).chosen).toBe('ask');
  });

  it.each([
    ['absent', undefined, 'does not have'],
    ['false', false, 'says false'],
  ])('leaves documents out where the metadata member is %s', (_what, supported, because) => {
    const metadata = { ...AS_METADATA, client_id_metadata_document_supported: supported };
    const { open, chosen, reasons } = replay(metadata, { documentUrl: DOCUMENT });
    expect(open).toEqual(['dcr', 'ask']);
    expect(chosen).toBe('dcr');
    expect(reasons['cimd']).toContain(because);
  });

  it('takes a client_id that is a URL for a document only where documents are taken', () => {
    expect(replay(WITH_DOCUMENTS, { clientId: DOCUMENT })).toMatchObject({
      chosen: 'cimd',
      open: ['cimd', 'dcr', 'ask'],
    });
    expect(replay(AS_METADATA, { clientId: DOCUMENT }).chosen).toBe('preset');
  });

  it.each([
    [['none'], 'has "none"'],
    [['client_secret_basic'], 'lacks none'],
    [undefined, 'is absent'],
  ])('says of a document whether a client without a secret is foreseen: %s', (methods, said) => {
    const metadata = { ...WITH_DOCUMENTS, token_endpoint_auth_methods_supported: methods };
    const { reasons, chosen } = replay(metadata, { documentUrl: DOCUMENT });
    expect(reasons['cimd']).toContain(said);
    expect(chosen).toBe('cimd');
  });

  it('does not register where no way to authenticate is left', () => {
    const metadata = { ...AS_METADATA, token_endpoint_auth_methods_supported: ['tls_client_auth'] };
    const { open, chosen, reasons } = replay(metadata);
    expect(open).toEqual(['ask']);
    expect(chosen).toBe('ask');
    expect(reasons['dcr']).toContain('tls_client_auth');
  });

  it('registers by Basic where the metadata names no method, as that is what it means', () => {
    const metadata = { ...AS_METADATA, token_endpoint_auth_methods_supported: undefined };
    expect(replay(metadata).reasons['dcr']).toContain('client_secret_basic');
  });
});

describe('what a client with the same means should have chosen', () => {
  it('differs where its user forces registration, and only if another way was open', () => {
    expect(replay(WITH_DOCUMENTS, { documentUrl: DOCUMENT, forceRegistration: true })).toMatchObject({
      chosen: 'dcr',
      conforming: 'cimd',
      departure: expect.stringContaining('--register'),
    });
    expect(replay(AS_METADATA, { forceRegistration: true })).toMatchObject({
      chosen: 'dcr',
      conforming: 'dcr',
      departure: undefined,
    });
  });

  it.each(['http://client.example/client.json', 'https://client.example', 'https://client.example/a/../b'])(
    'differs where the URL of the document is not one: %s',
    (clientId) => {
      const { chosen, conforming, departure } = replay(WITH_DOCUMENTS, { clientId });
      expect({ chosen, conforming }).toEqual({ chosen: 'cimd', conforming: 'dcr' });
      expect(departure).toContain('the URL of its document');
    },
  );

  it('differs where the document is on loopback', () => {
    expect(replay(WITH_DOCUMENTS, { servesDocument: true })).toMatchObject({
      chosen: 'cimd',
      conforming: 'dcr',
      departure: expect.stringContaining('loopback'),
    });
  });
});

const AS_ROUTE = 'GET as.example/.well-known/oauth-authorization-server';

describe('a run', () => {
  it('uses its document where those are taken, and registers nowhere', async () => {
    const pair = createForeignPair({ [AS_ROUTE]: json(WITH_DOCUMENTS) });
    const { document, text } = await inspect(pair.fetch, { clientMetadataUrl: DOCUMENT });
    expect(document).toMatchObject({
      outcome: 'completed',
      registration: {
        route: 'cimd',
        client_id: DOCUMENT,
        register_called: false,
        chosen: 'cimd',
        conforming: 'cimd',
      },
    });
    expect(pair.authorization().get('client_id')).toBe(DOCUMENT);
    expect(pair.token().get('client_id')).toBe(DOCUMENT);
    expect(text).toMatch(/✓ cimd \(taken\)/);
  });

  it('registers where documents are not taken, and says why', async () => {
    const pair = createForeignPair();
    const { document } = await inspect(pair.fetch, { clientMetadataUrl: DOCUMENT });
    expect(document.registration).toMatchObject({ route: 'dcr', chosen: 'dcr', conforming: 'dcr' });
    const decision = document.decisions.find(({ what }) => what.includes('dynamic registration'));
    expect(decision?.because).toMatch(/cimd: .*client_id_metadata_document_supported/);
  });

  it('that is forced to register says what the specification wants instead', async () => {
    const pair = createForeignPair({ [AS_ROUTE]: json(WITH_DOCUMENTS) });
    const { document, text } = await inspect(pair.fetch, { clientMetadataUrl: DOCUMENT, register: true });
    expect(document.registration).toMatchObject({ route: 'dcr', chosen: 'dcr', conforming: 'cimd' });
    expect(document.registration.because.join()).toMatch(/takes cimd here; this one took dcr.*--register/);
    expect(text).toMatch(/✓ cimd \(what the specification wants\)/);
  });

  it('tells the ways too where none but its user is left', async () => {
    const pair = createForeignPair({ [AS_ROUTE]: json(WITHOUT_REGISTRATION) });
    const { document } = await inspect(pair.fetch);
    expect(document.registration).toMatchObject({ route: null, chosen: 'ask', conforming: 'ask' });
    expect(document.registration.precedence.map(({ possible }) => possible)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('has considered nothing before it knows the authorization server', async () => {
    const pair = createForeignPair({ [AS_ROUTE]: undefined });
    const { document } = await inspect(pair.fetch);
    expect(document.registration).toMatchObject({ precedence: [], chosen: null, conforming: null });
  });

  it.each([
    [{ register: true, clientId: 'known' }, /--client-id/],
    [{ clientMetadataUrl: 'http://client.example/client.json' }, /must begin with https/],
    [{ clientMetadataUrl: 'https://client.example' }, /has no path/],
  ])('is refused with %j', async (plan, message) => {
    await expect(inspect(createForeignPair().fetch, plan)).rejects.toThrow(message);
  });
});
