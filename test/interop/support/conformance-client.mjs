// Stands between the official suite and inspect-flow. The suite says in the environment what a user would be told
// beforehand: which client they have at the authorization server, and which revision they are to speak. Here that
// becomes flags.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { MCP_CONFORMANCE_SCENARIO: scenario, MCP_CONFORMANCE_PROTOCOL_VERSION: revision } = process.env;
const told = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');
const serverUrl = process.argv.at(-1);

/** A key is given as a file; it is gone when the client is. */
function keyFile(pem) {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-oauth-demo-key-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'key.pem');
  writeFileSync(path, pem, { mode: 0o600 });
  return path;
}

const flags = [
  '--call=test-tool',
  '--headless',
  // All scenarios start at once, and the servers share the machine with the clients.
  '--timeout=90',
  '--no-cross-origin',
  // This client's document, as the suite knows it; used where the authorization server takes such documents.
  '--client-metadata-url=https://conformance-test.local/client-metadata.json',
  ...(revision ? [`--revision=${revision}`] : []),
  ...(told.client_id ? [`--client-id=${told.client_id}`] : []),
  ...(told.client_secret ? [`--client-secret=${told.client_secret}`] : []),
  ...(told.private_key_pem ? [`--client-key=${keyFile(told.private_key_pem)}`] : []),
  ...(scenario?.startsWith('auth/client-credentials-') ? ['--grant=client_credentials'] : []),
];

const bin = fileURLToPath(new URL('../../../bin/run.js', import.meta.url));
process.argv = [process.argv[0], bin, 'inspect-flow', serverUrl, ...flags];
await import(bin);
