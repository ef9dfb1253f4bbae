import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostDocument } from '../../../src/cli/document-host.js';
import { createDocumentFetcher } from '../../../src/cli/fetch-document.js';
import type { HostDocument } from '../../../src/flows/index.js';
import { OUR_RESOURCE, ourPair } from '../our-pair.js';
import { AS_METADATA, createForeignPair, inspect, json } from '../support.js';

let fetcher: ReturnType<typeof createDocumentFetcher>;
let urls: string[];

/** As the command hands it in; it also notes what was put up. */
const noting: HostDocument = async (documentAt) => {
  const hosted = await hostDocument(documentAt);
  urls.push(hosted.url);
  return hosted;
};

beforeEach(() => {
  fetcher = createDocumentFetcher({ allowLoopback: true });
  urls = [];
});

afterEach(() => fetcher.close());

const AS_ROUTE = 'GET as.example/.well-known/oauth-authorization-server';
const TAKES_DOCUMENTS = { ...AS_METADATA, client_id_metadata_document_supported: true };
const PLAN = { serveClientMetadata: true, hostDocument: noting };

describe('a run with --serve-client-metadata', () => {
  it('is known by its document where loopback is allowed, and says how often that was read', async () => {
    const fetch = ourPair({ cimdAllowLoopback: true }, {}, fetcher);
    const { document } = await inspect(fetch, { target: OUR_RESOURCE, ...PLAN });
    expect(document).toMatchObject({
      outcome: 'completed',
      registration: {
        route: 'cimd',
        client_id: urls[0],
        register_called: false,
        evidence: { origin: 'cimd' },
        chosen: 'cimd',
        conforming: 'dcr',
      },
    });
    expect(document.decisions.at(-1)).toMatchObject({
      step: 'clean-up',
      what: expect.stringMatching(/was read (once|\d+ times)$/),
    });
  });

  it('is refused where loopback is not allowed, and says that nobody came for the document', async () => {
    const { document } = await inspect(ourPair({}, {}, fetcher), { target: OUR_RESOURCE, ...PLAN });
    expect(document.outcome).toBe('failed');
    expect(document.decisions.at(-1)!.what).toContain('nobody has read');
  });

  it('takes the document down at the end', async () => {
    const fetch = ourPair({ cimdAllowLoopback: true }, {}, fetcher);
    await inspect(fetch, { target: OUR_RESOURCE, ...PLAN });
    await expect(globalThis.fetch(urls[0]!)).rejects.toThrow();
  });

  it('puts nothing up where documents are not taken, and registers', async () => {
    const { document } = await inspect(createForeignPair().fetch, PLAN);
    expect(document.registration).toMatchObject({ route: 'dcr', chosen: 'dcr', conforming: 'dcr' });
    expect(urls).toEqual([]);
  });

  it('describes itself with the redirect URI that it uses', async () => {
    let document: Record<string, unknown> = {};
    const host: HostDocument = async (documentAt) => {
      document = documentAt('http://127.0.0.1:1/client.json') as Record<string, unknown>;
      return { url: 'http://127.0.0.1:1/client.json', reads: () => 1, close: async () => undefined };
    };
    const pair = createForeignPair({ [AS_ROUTE]: json(TAKES_DOCUMENTS) });
    await inspect(pair.fetch, { ...PLAN, hostDocument: host });
    expect(document).toMatchObject({
      client_id: pair.authorization().get('client_id'),
      redirect_uris: [pair.authorization().get('redirect_uri')],
      token_endpoint_auth_method: 'none',
    });
  });

  it.each([
    [{ clientId: 'known' }, /--client-id/],
    [{ clientMetadataUrl: 'https://client.example/client.json' }, /--client-metadata-url/],
    [{ register: true }, /--register/],
  ])('is refused together with %j', async (other, message) => {
    await expect(inspect(createForeignPair().fetch, { ...PLAN, ...other })).rejects.toThrow(message);
  });
});

describe('the host of the document', () => {
  it('gives it out at its URL, to GET and under its own name only, and counts', async () => {
    const hosted = await hostDocument((url) => ({ client_id: url }));
    try {
      const answer = await fetch(hosted.url);
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(await answer.json()).toEqual({ client_id: hosted.url });
      expect((await fetch(hosted.url, { method: 'POST' })).status).toBe(405);
      expect((await fetch(new URL('/', hosted.url))).status).toBe(404);
      expect(
        (await fetch(hosted.url.replace('127.0.0.1', 'localhost')).catch(() => undefined))?.status,
      ).not.toBe(200);
      expect(hosted.reads()).toBe(1);
    } finally {
      await hosted.close();
    }
  });
});
