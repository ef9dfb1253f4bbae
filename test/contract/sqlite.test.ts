import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { OpenDatabase } from '../../src/as/store/sqlite/database.js';
import { drivers } from '../../src/as/store/sqlite/driver.js';
import { openSqliteStore } from '../../src/as/store/sqlite/open-sqlite-store.js';
import { storeContract } from './store-contract.js';

const folder = mkdtempSync(join(tmpdir(), 'sqlite-contract-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** Two connections to one file, as two processes have them. */
function contractBy(name: string, one: OpenDatabase | undefined, another: OpenDatabase | undefined): void {
  if (!one || !another) return;
  storeContract(`sqlite, by ${name}`, async (clock) => {
    const options = { store: `sqlite:${join(folder, `${(files += 1)}.db`)}`, issuer: 'http://as', clock };
    return { store: await openSqliteStore(options, one), other: await openSqliteStore(options, another) };
  });
}

// Node 20 has none of its own: test/interop/sqlite-store.test.ts runs all of this with a newer one.
const [node, libsql] = [drivers.node(), await drivers.libsql()];
contractBy('node:sqlite', node, node);
contractBy('libsql', libsql, libsql);
contractBy('both', node, libsql);
