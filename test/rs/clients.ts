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

/** How a client of SDK v2 chooses its era: `auto` tries the newer one first. */
export type Negotiation = 'legacy' | 'auto' | { readonly pin: string };

/** A client of SDK v2, until the test ends; it speaks 2026-07-28 unless it is told otherwise. */
export async function connectV2(world: World, mode: Negotiation = { pin: '2026-07-28' }): Promise<ClientV2> {
  const client = new ClientV2(IDENTITY, { versionNegotiation: { mode } });
  await client.connect(new TransportV2(new URL(RESOURCE), transportOptions(world)));
  onTestFinished(() => client.close());
  return client;
}
