import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FlowDocument } from '../../src/flows/index.js';
import { traceSchema } from '../../src/flows/trace/trace-schema.js';
import { createForeignPair, inspect } from '../flows/support.js';
import { run, ROOT, startPair } from '../support/cli.js';

const FILE = join(ROOT, 'docs', 'trace.schema.json');

const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(FILE, 'utf8')) as object,
);

function faults(value: unknown): readonly string[] {
  void validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('docs/trace.schema.json', () => {
  let document: FlowDocument;
  beforeAll(async () => {
    document = (await inspect(createForeignPair().fetch)).document;
  });

  it('is that of the code (npm run trace-schema writes it)', async () => {
    await expect(`${JSON.stringify(traceSchema(), null, 2)}\n`).toMatchFileSnapshot(FILE);
  });

  it('is in the package, and exported under its name', () => {
    const { files, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      files: readonly string[];
      exports: Readonly<Record<string, unknown>>;
    };
    expect(files).toContain('docs');
    expect(exports['./trace.schema.json']).toBe('./docs/trace.schema.json');
  });

  it('takes what the command writes', async () => {
    const pair = await startPair();
    const { stdout } = await run(['inspect-flow', pair.resource, '--json']);
    await pair.stop();
    expect(faults(JSON.parse(stdout))).toEqual([]);
  });

  it('takes a flow that failed, and one that nobody answered', async () => {
    for (const routes of [{ 'POST as.example/token': undefined }, { 'POST mcp.example/mcp': undefined }]) {
      expect(faults((await inspect(createForeignPair(routes).fetch)).document)).toEqual([]);
    }
  });

  it('takes members that a later version adds', () => {
    expect(faults({ ...document, later: 1, steps: [{ ...document.steps[0], later: 1 }] })).toEqual([]);
  });

  it.each([
    ['without its outcome', { outcome: undefined }],
    ['of another version', { version: 2 }],
    ['with a step that there is not', { steps: [{ id: 'elsewhere' }] }],
    ['with a body that is no JSON', { exchanges: [{ request: { body: undefined } }] }],
  ])('refuses a document %s', (_what, change) => {
    expect(faults({ ...document, ...change })).not.toEqual([]);
  });
});
