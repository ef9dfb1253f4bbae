import { describe, expect, it } from 'vitest';
import { CALLBACK } from '../../as/support.js';
import { CLIENT, documentHost } from '../../as/document-host.js';
import { credentialsInMemory, inspect } from '../support.js';
import { RESOURCE } from '../record/recorded-pair.js';
import { peerOf, storyOf, watchedPair } from './watched-pair.js';

const target = RESOURCE;

describe('a flow that is watched', () => {
  it('is one flow of a client that registers, from the challenge to the call', async () => {
    const { fetchFrom, watch } = watchedPair();
    await inspect(fetchFrom(peerOf(1)), { target });
    const [flow, ...others] = watch.flows();
    expect(others).toEqual([]);
    expect(storyOf(flow!)).toEqual([
      'challenge: mcp 401',
      'resource-metadata: resource-metadata 200',
      'authorization-server-metadata: authorization-server-metadata 200',
      'registration: registration 201',
      'authorization: authorization-request 200',
      'authorization: sign-in 303',
      'authorization: sign-in 200',
      'authorization: sign-in 303',
      'token: token-request 200',
      'mcp-call: mcp 200',
      'mcp-call: introspection 200',
      'mcp-call: mcp 200',
      'mcp-call: introspection 200',
      'mcp-call: mcp 200',
      'mcp-call: introspection 200',
      'clean-up: client-configuration 204',
    ]);
    expect(flow).toMatchObject({
      id: 'f1',
      target,
      issuer: 'http://localhost:9000',
      outcome: 'completed',
      reason: undefined,
      follows: undefined,
      route: { route: 'dcr' },
    });
  });

  it('is one flow of a client that brings a preset client_id', async () => {
    const { fetchFrom, watch } = watchedPair();
    await inspect(fetchFrom(peerOf(1)), { target, clientId: 'demo-preset' });
    expect(watch.flows()).toHaveLength(1);
    expect(watch.flows()[0]).toMatchObject({
      clientId: 'demo-preset',
      outcome: 'completed',
      route: { route: 'preset' },
    });
  });

  it('is one flow of a client with a metadata document', async () => {
    const documents = documentHost();
    documents.serve({
      client_id: CLIENT,
      client_name: 'Example App',
      redirect_uris: [CALLBACK, 'http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
    });
    const { fetchFrom, watch } = watchedPair([{}, {}, documents]);
    await inspect(fetchFrom(peerOf(1)), { target, clientMetadataUrl: CLIENT });
    expect(watch.flows()).toHaveLength(1);
    expect(watch.flows()[0]).toMatchObject({
      clientId: CLIENT,
      outcome: 'completed',
      route: { route: 'cimd' },
    });
  });

  it('is a second flow of a client that comes again with the client_id that it was given', async () => {
    const { fetchFrom, watch } = watchedPair();
    const credentials = credentialsInMemory();
    await inspect(fetchFrom(peerOf(1)), { target, credentials, remember: true });
    await inspect(fetchFrom(peerOf(2)), { target, credentials, remember: true });
    const [second, first, ...others] = watch.flows();
    expect(others).toEqual([]);
    expect(second).toMatchObject({
      outcome: 'completed',
      route: { route: 'dcr-reused' },
      clientId: first!.clientId,
    });
    expect(storyOf(second!).filter((line) => line.startsWith('registration'))).toEqual([]);
    expect(watch.clients()).toMatchObject([{ clientId: first!.clientId, flows: ['f1', 'f2'] }]);
  });

  it('is one flow of a client that was adopted', async () => {
    const { fetchFrom, watch } = watchedPair([{ unknownClients: 'adopt' }]);
    await inspect(fetchFrom(peerOf(1)), { target, clientId: 'of-another-day' });
    expect(watch.flows().at(-1)).toMatchObject({ clientId: 'of-another-day', route: { route: 'adopted' } });
  });

  it('fails where the client_id is unknown, half a minute after the refusal', async () => {
    const { fetchFrom, watch, later } = watchedPair([{ unknownClients: 'reject' }]);
    await inspect(fetchFrom(peerOf(1)), { target, clientId: 'of-another-day' });
    later(29_000);
    expect(watch.flows()).toMatchObject([{ outcome: undefined }]);
    later(30_000);
    expect(watch.flows()).toMatchObject([{ outcome: 'failed', clientId: 'of-another-day' }]);
    expect(watch.flows()[0]!.reason).toContain('refused its authorization request');
  });
});
