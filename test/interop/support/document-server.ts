import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateForLoopback } from '../../support/certificate.js';

/** A host on this machine that publishes what a client says of itself. */
export interface DocumentServer {
  /** the address of the document, and the `client_id` in it */
  readonly url: string;
  /** what a process needs in its environment to trust the host */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/** Serves a Client ID Metadata Document over https, as the SDKs want it. */
export async function serveClientDocument(
  metadata: Readonly<Record<string, unknown>>,
): Promise<DocumentServer> {
  const folder = mkdtempSync(join(tmpdir(), 'client-document-'));
  const { key, cert } = await certificateForLoopback();
  const trusted = join(folder, 'cert.pem');
  writeFileSync(trusted, cert);
  const server = createServer({ key, cert });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}/client.json`;
  server.on('request', (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...metadata, client_id: url }));
  });
  return {
    url,
    env: { NODE_EXTRA_CA_CERTS: trusted },
    close: () => {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
