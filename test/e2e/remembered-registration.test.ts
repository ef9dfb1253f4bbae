import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { flowDocument, type FlowDocument } from '../../src/flows/index.js';
import { run, startPair } from '../support/cli.js';
import { stopAfterEach } from '../support/kept.js';

const kept = stopAfterEach();
let data = '';

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'remembered-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

async function inspected(resource: string, ...flags: readonly string[]): Promise<FlowDocument> {
  const env = { XDG_DATA_HOME: data };
  const { stdout } = await run(['inspect-flow', resource, '--json', ...flags], { env });
  return flowDocument.parse(JSON.parse(stdout));
}

function files(): readonly string[] {
  return readdirSync(data, { recursive: true, encoding: 'utf8' })
    .map((path) => join(data, path))
    .filter((path) => statSync(path).isFile());
}

it('registers, comes again with what it has kept, and forgets it at both ends', async () => {
  const { resource } = kept(await startPair());
  expect((await inspected(resource)).registration.route).toBe('dcr');
  expect(files()).toEqual([]);

  const first = (await inspected(resource, '--remember')).registration;
  expect(first.route).toBe('dcr');
  expect(files()).toHaveLength(2);
  for (const path of files()) expect(statSync(path).mode & 0o777).toBe(0o600);
  expect((await inspected(resource, '--remember')).registration).toMatchObject({
    route: 'dcr-reused',
    client_id: first.client_id,
    register_called: false,
    evidence: { origin: 'dcr', flows: 2 },
  });

  const forgetting = await inspected(resource, '--forget');
  expect(forgetting.registration.client_id).not.toBe(first.client_id);
  expect(files().filter((path) => path.includes('issuers'))).toEqual([]);
  // The authorization server has let go of it too.
  const gone = await inspected(resource, '--client-id', first.client_id!);
  expect(gone).toMatchObject({ outcome: 'failed', registration: { route: 'unknown' } });
});
