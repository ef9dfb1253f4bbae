import {
  Client as ClientV2,
  StreamableHTTPClientTransport as TransportV2,
} from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { onTestFinished } from 'vitest';
import { GOOD, RESOURCE, type World } from './support.js';

const IDENTITY = { name: 'test-client', version: '1.2.3' };

function transportOptions({ network }: World) {
  return {
    fetch: (input: string | URL, init?: RequestInit) => network(input, init),
    requestInit: { headers: { authorization: `Bearer ${GOOD}` } },
  };
}

/** A client of SDK v1, in the 2025 era, until the test ends. */
export async function connectV1(world: World): Promise<ClientV1> {
  const client = new ClientV1(IDENTITY);
  await client.connect(new TransportV1(new URL(RESOURCE), transportOptions(world)));
  onTestFinished(() => client.close());
  return client;
}

/** A client of SDK v2 that speaks 2026-07-28, until the test ends. */
export async function connectV2(world: World): Promise<ClientV2> {
  const client = new ClientV2(IDENTITY, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(new TransportV2(new URL(RESOURCE), transportOptions(world)));
  onTestFinished(() => client.close());
  return client;
}
