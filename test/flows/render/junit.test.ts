import { SaxesParser } from 'saxes';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FlowDocument } from '../../../src/flows/index.js';
import { renderJunit } from '../../../src/flows/render/junit.js';
import { carelessFlow, failedFlow, goodFlow } from './flows.js';
import { documentWith, HOSTILE_TEXTS, inTurn } from './hostile-document.js';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Reads XML 1.0, and fails where it is not well-formed. */
function parse(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes, children: [], text: '' };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', (text) => (open.at(-1)!.text += text));
  parser.write(xml).close();
  return root.children[0]!;
}

/** What the schema of the Jenkins plugin allows: attributes, with those that must be there, and children. */
const SCHEMA: Readonly<
  Record<string, { readonly needs: string; readonly may: string; readonly has: string }>
> = {
  testsuites: { needs: '', may: 'name time tests failures errors', has: 'testsuite' },
  testsuite: {
    needs: 'name tests failures errors',
    may: 'time skipped timestamp hostname id package',
    has: 'properties testcase',
  },
  properties: { needs: '', may: '', has: 'property' },
  property: { needs: 'name value', may: '', has: '' },
  testcase: { needs: 'name', may: 'time classname', has: 'skipped error failure system-out' },
  skipped: { needs: '', may: 'type message', has: '' },
  error: { needs: '', may: 'type message', has: '' },
  failure: { needs: '', may: 'type message', has: '' },
  'system-out': { needs: '', may: '', has: '' },
};

function expectValid({ name, attributes, children }: Element): void {
  const { needs, may, has } = SCHEMA[name]!;
  const required = needs.split(' ').filter((word) => word !== '');
  expect(Object.keys(attributes)).toEqual(expect.arrayContaining(required));
  expect([...required, ...may.split(' ')]).toEqual(expect.arrayContaining(Object.keys(attributes)));
  for (const child of children) {
    expect(has.split(' ')).toContain(child.name);
    expectValid(child);
  }
}

/** Parses a report, and holds it against the schema and against its own counts. */
function read(document: FlowDocument): Element {
  const root = parse(renderJunit(document));
  expectValid(root);
  const suites = root.children;
  for (const suite of suites) {
    const cases = suite.children.filter(({ name }) => name === 'testcase');
    const count = (kind: string) =>
      cases.filter((one) => one.children.some(({ name }) => name === kind)).length;
    expect(suite.attributes).toMatchObject({
      tests: String(cases.length),
      failures: String(count('failure')),
      errors: String(count('error')),
      skipped: String(count('skipped')),
    });
    for (const { attributes } of cases) expect(attributes['time']).toMatch(/^\d+\.\d{3}$/);
  }
  for (const name of ['tests', 'failures', 'errors']) {
    const sum = suites.reduce((total, { attributes }) => total + Number(attributes[name]), 0);
    expect(root.attributes[name]).toBe(String(sum));
  }
  return root;
}

function caseOf(root: Element, id: string): Element {
  const all = root.children.flatMap(({ children }) => children);
  return all.find(({ attributes }) => attributes['name']?.startsWith(`${id}: `))!;
}

let good: FlowDocument;
beforeAll(async () => {
  good = await goodFlow();
});

describe('JUnit', () => {
  it('has a suite for each step, and in it a test for the step and one for each check', () => {
    const { children } = read(good);
    expect(children.map(({ attributes }) => attributes['name'])).toEqual(good.steps.map(({ id }) => id));
    const token = children.find(({ attributes }) => attributes['name'] === 'token')!;
    const checks = good.checks.filter(({ step }) => step === 'token');
    expect(token.children).toHaveLength(1 + checks.length);
    expect(token.children[1]!.attributes).toMatchObject({
      classname: 'inspect-flow.token',
      name: `${checks[0]!.id}: ${checks[0]!.rule}`,
    });
  });

  it('has a failure for a broken MUST, with what was seen, the remedy and the section', async () => {
    const root = read(await carelessFlow());
    const [failure] = caseOf(root, 'as.token-no-store').children;
    expect(failure).toMatchObject({ name: 'failure', attributes: { type: 'MUST' } });
    expect(failure!.attributes['message']).toMatch(/no cache-control header/);
    expect(failure!.text).toMatch(/seen: .*\nremedy: send Cache-Control.*\nRFC 6749 §5\.1 https:/);
  });

  it('skips a broken SHOULD, and says so', async () => {
    const { children } = caseOf(read(await carelessFlow()), 'as.token-expires-in');
    expect(children.map(({ name }) => name)).toEqual(['skipped', 'system-out']);
    expect(children[0]!.attributes['message']).toMatch(/^SHOULD not met: /);
  });

  it('has an error where a step failed, and skips the steps that did not come', async () => {
    const { children } = read(await failedFlow());
    const first = (name: string) =>
      children.find(({ attributes }) => attributes['name'] === name)!.children[0]!.children[0]!;
    expect(first('token')).toMatchObject({ name: 'error', attributes: { type: 'step-failed' } });
    expect(first('token').attributes['message']).toContain('server_error');
    expect(first('mcp-call').name).toBe('skipped');
  });

  it('has an error for a flow that ended in no step, as when it was interrupted', () => {
    const { children } = read({
      ...good,
      outcome: 'failed',
      reason: 'interrupted',
      steps: good.steps.slice(0, 3),
    });
    expect(children.at(-1)!.children[0]!.children[0]!.attributes).toEqual({
      type: 'failed',
      message: 'interrupted',
    });
  });

  it('has a failure for an expectation that was not met', () => {
    const expectations = [
      { expectation: 'route=dcr', met: true, seen: 'dcr' },
      { expectation: 'no-register', met: false, seen: 'POST /register was called' },
    ];
    const suite = read({ ...good, expectations }).children.at(-1)!;
    expect(suite.attributes).toMatchObject({ name: 'expectations', tests: '2', failures: '1' });
  });

  it('tells apart two turns of one step', () => {
    const again = { ...good.steps[0]!, sequence: 900, until: 901 };
    const names = read({ ...good, steps: [...good.steps, again] }).children.map(
      ({ attributes }) => attributes['name'],
    );
    expect(names.at(-1)).toBe('challenge (2)');
  });

  it('is well-formed XML whatever a server wrote, and its text stays text', () => {
    read(documentWith(good, inTurn(HOSTILE_TEXTS)));
    for (const text of HOSTILE_TEXTS) read(documentWith(good, () => text));
    const evidence = 'a <b> & "c" \n\t ]]> \u001b[31m\u0000\uD800\uFFFE';
    const root = read({ ...good, checks: [{ ...good.checks[0]!, evidence }] });
    const [out] = caseOf(root, good.checks[0]!.id).children;
    expect(out!.text).toBe('a <b> & "c" \n\t ]]> \\u001b[31m\\u0000\\ud800\\ufffe');
  });
});
