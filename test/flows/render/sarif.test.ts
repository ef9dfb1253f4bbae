import { beforeAll, describe, expect, it } from 'vitest';
import type { Log, Result, Run } from 'sarif';
import type { FlowDocument } from '../../../src/flows/index.js';
import { renderSarif } from '../../../src/flows/render/sarif.js';
import { carelessFlow, failedFlow, goodFlow } from './flows.js';
import { documentWith, HOSTILE_TEXTS, inTurn } from './hostile-document.js';

/** What SARIF 2.1.0 and GitHub ask of a file; the types of the renderer ask the rest. */
function read(document: FlowDocument): Run {
  const log = JSON.parse(renderSarif(document)) as Log;
  expect(log).toMatchObject({ version: '2.1.0', $schema: expect.stringMatching(/sarif-2\.1\.0\.json$/) });
  const [run] = log.runs;
  const rules = run!.tool.driver.rules!;
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const { helpUri } of rules)
    if (helpUri !== undefined) expect(new URL(helpUri).protocol).toMatch(/^https?:$/);
  for (const result of run!.results!) {
    expect(rules[result.ruleIndex!]!.id).toBe(result.ruleId);
    expect(result.message.text).not.toBe('');
    expect(result.partialFingerprints!['primaryLocationLineHash']).toMatch(/^[0-9a-f]{16}:1$/);
    const { uri } = placeOf(result);
    // A relative reference whose first part has no colon: with a scheme, GitHub refuses the whole file.
    expect(uri).toMatch(/^[A-Za-z0-9\-._~%]+(\/[A-Za-z0-9\-._~%/]*)?$/);
    expect(result.locations![0]!.physicalLocation!.region).toEqual({ startLine: 1 });
  }
  return run!;
}

function placeOf({ locations }: Result) {
  return locations![0]!.physicalLocation!.artifactLocation!;
}

let good: FlowDocument;
beforeAll(async () => {
  good = await goodFlow();
});

describe('SARIF', () => {
  it('has a rule for each check, with its section and its remedy, and no error where no MUST was broken', () => {
    const { tool, results, invocations } = read(good);
    expect(results!.filter(({ level }) => level === 'error')).toEqual([]);
    expect(invocations![0]!.executionSuccessful).toBe(true);
    const ids = new Set(good.checks.map(({ id }) => id));
    expect(new Set(tool.driver.rules!.map(({ id }) => id))).toEqual(ids);
    expect(tool.driver.rules!.find(({ id }) => id === 'as.token-no-store')).toMatchObject({
      helpUri: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.1',
      help: { text: expect.stringContaining('send Cache-Control: no-store') },
      defaultConfiguration: { level: 'error' },
    });
  });

  it('has a result for each broken check, at the endpoint whose fault it is', async () => {
    const { results } = read(await carelessFlow());
    expect(results!.map(({ ruleId, level }) => [ruleId, level])).toEqual(
      expect.arrayContaining([
        ['as.token-no-store', 'error'],
        ['as.token-expires-in', 'warning'],
      ]),
    );
    const broken = results!.find(({ ruleId }) => ruleId === 'as.token-no-store')!;
    expect(placeOf(broken).uri).toBe('as.example/token');
    expect(broken.locations![0]!.logicalLocations).toEqual([
      { fullyQualifiedName: 'https://as.example/token', kind: 'resource' },
    ]);
  });

  it('has a result for a flow that failed', async () => {
    const { results, invocations } = read(await failedFlow());
    expect(invocations![0]!.executionSuccessful).toBe(false);
    const failure = results!.find(({ ruleId }) => ruleId === 'flow.completes')!;
    expect(failure.message.text).toMatch(/^the flow failed at token: .*server_error/);
    expect(placeOf(failure).uri).toBe('as.example/token');
  });

  it('gives the same finding of two runs the same fingerprint, and another one another', async () => {
    const [one, other] = [await carelessFlow(), await carelessFlow()].map((document) =>
      read(document).results!.map(
        ({ partialFingerprints }) => partialFingerprints!['primaryLocationLineHash'],
      ),
    );
    expect(one).toEqual(other);
    expect(new Set(one).size).toBe(one!.length);
  });

  it('writes a port so that it is no scheme, and leaves out what changes from run to run', async () => {
    const document = await carelessFlow();
    const exchanges = document.exchanges.map((exchange) => ({
      ...exchange,
      request: { ...exchange.request, url: 'http://[::1]:9000/a b/token?state=1#x' },
    }));
    const [result] = read({ ...document, exchanges }).results!;
    expect(placeOf(result!).uri).toBe('__1_9000/a%20b/token');
  });

  it('has no placeholder and no link in its messages', async () => {
    const document = await carelessFlow();
    const checks = document.checks.map((check) => ({ ...check, evidence: '{0} [x](https://evil.example)' }));
    const [result] = read({ ...document, checks }).results!;
    expect(result!.message.text).toContain('{{0}} \\[x\\](https://evil.example)');
  });

  it('keeps its form whatever a server wrote', async () => {
    const document = await carelessFlow();
    read(documentWith(document, inTurn(HOSTILE_TEXTS)));
    for (const text of HOSTILE_TEXTS) read(documentWith(document, () => text));
    expect(renderSarif(documentWith(document, () => 'a\u001b[31m\u009b\u202Eb'))).not.toMatch(
      /(?!\n)[\p{Cc}\u202E]/u,
    );
  });
});
