import type { CheckResult, FlowDocument, FlowStep } from '../trace/trace.js';
import { stepNumber, STEP_TEXTS } from '../trace/step-texts.js';
import { RESPONSIBLE_IN_WORDS } from './verdict-texts.js';
import { type XmlAttributes, xmlElement, xmlTextElement } from './xml.js';

/** One test as the report counts it. */
interface Case {
  readonly result: 'passed' | 'failure' | 'error' | 'skipped';
  readonly xml: string;
}

interface Suite {
  readonly name: string;
  readonly milliseconds: number;
  readonly cases: readonly Case[];
}

/**
 * A flow as a JUnit report: a suite for each step, and in it a test for the step itself and one for each check. A broken
 * MUST is a failure, and so is a problem that was found in a watched flow; a step that failed is an error. A broken SHOULD is skipped, with what was seen as the message: it shows
 * up, and breaks no build.
 *
 * @see {@link https://github.com/jenkinsci/xunit-plugin the schema that Jenkins holds such reports against}
 */
export function renderJunit(document: FlowDocument): string {
  const { generator, milliseconds } = document;
  const suites = [
    ...document.steps.map((step) => suiteOf(step, document)),
    ...findingsSuite(document),
    ...expectationsSuite(document),
    ...endOfFlow(document),
  ];
  const all = suites.flatMap(({ cases }) => cases);
  const root = xmlElement(
    'testsuites',
    {
      name: generator.name,
      tests: all.length,
      failures: count(all, 'failure'),
      errors: count(all, 'error'),
      time: seconds(milliseconds),
    },
    suites.map((suite, index) => suiteXml(suite, index, document)),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function suiteOf(step: FlowStep, { steps, checks }: FlowDocument): Suite {
  const turn = steps.filter(({ id, sequence }) => id === step.id && sequence < step.sequence).length + 1;
  const name = turn === 1 ? step.id : `${step.id} (${turn})`;
  const own = checks.filter(({ sequence }) => step.sequence < sequence && sequence < step.until);
  return {
    name,
    milliseconds: step.milliseconds,
    cases: [stepCase(step, name), ...own.map((check) => checkCase(check, name))],
  };
}

/** A flow can fail between its steps, as when it is interrupted. */
function endOfFlow({ outcome, reason, steps }: FlowDocument): readonly Suite[] {
  const isFailure = outcome === 'failed' || outcome === 'unreachable';
  if (!isFailure || steps.some((step) => step.outcome === 'failed')) return [];
  const message = reason ?? outcome;
  const xml = testCase('flow', 'the flow completes', 0, [xmlElement('error', { type: outcome, message })]);
  return [{ name: 'flow', milliseconds: 0, cases: [{ result: 'error', xml }] }];
}

/** What was found in a watched flow; a notice is skipped, as a broken SHOULD is. */
function findingsSuite({ watched }: FlowDocument): readonly Suite[] {
  if (watched === null || watched.findings.length === 0) return [];
  const name = 'findings';
  const cases = watched.findings.map(({ id, severity, what, evidence, who, change, spec }): Case => {
    const details = [
      what,
      ...evidence.map((sentence) => `seen: ${sentence}`),
      `${RESPONSIBLE_IN_WORDS[who]}: ${change}`,
      ...(spec === null ? [] : [`${spec.title} ${spec.url}`]),
    ].join('\n');
    const message = `${what}: ${evidence.join('; ')}`;
    if (severity === 'problem') {
      const failure = xmlTextElement('failure', { type: 'finding', message }, details);
      return { result: 'failure', xml: testCase(name, `${id}: ${what}`, 0, [failure]) };
    }
    const children = [xmlElement('skipped', { message }), xmlTextElement('system-out', {}, details)];
    return { result: 'skipped', xml: testCase(name, `${id}: ${what}`, 0, children) };
  });
  return [{ name, milliseconds: 0, cases }];
}

/** What the user of a run expected is a test as well. */
function expectationsSuite({ expectations }: FlowDocument): readonly Suite[] {
  if (expectations.length === 0) return [];
  const name = 'expectations';
  const cases = expectations.map(({ expectation, met, seen }): Case => {
    const children = met ? [] : [xmlElement('failure', { type: 'expectation', message: seen })];
    return { result: met ? 'passed' : 'failure', xml: testCase(name, expectation, 0, children) };
  });
  return [{ name, milliseconds: 0, cases }];
}

function stepCase({ id, outcome, reason, milliseconds }: FlowStep, suite: string): Case {
  const { title, purpose } = STEP_TEXTS[id];
  const name = `${stepNumber(id)} ${title}: ${purpose}`;
  const message = reason ?? '';
  if (outcome === 'failed') {
    const error = xmlElement('error', { type: 'step-failed', message });
    return { result: 'error', xml: testCase(suite, name, milliseconds, [error]) };
  }
  if (outcome === 'skipped' || outcome === 'under-way') {
    return {
      result: 'skipped',
      xml: testCase(suite, name, milliseconds, [xmlElement('skipped', { message })]),
    };
  }
  const out = reason === null ? [] : [xmlTextElement('system-out', {}, reason)];
  return { result: 'passed', xml: testCase(suite, name, milliseconds, out) };
}

function checkCase(check: CheckResult, suite: string): Case {
  const { id, level, status, rule, evidence, remedy, spec } = check;
  const name = `${id}: ${rule}`;
  const told = [`${level}: ${rule}`, `seen: ${evidence}`, `remedy: ${remedy}`, `${spec.title} ${spec.url}`];
  const details = told.join('\n');
  switch (status) {
    case 'pass':
      return {
        result: 'passed',
        xml: testCase(suite, name, 0, [xmlTextElement('system-out', {}, evidence)]),
      };
    case 'fail': {
      const failure = xmlTextElement('failure', { type: level, message: evidence }, details);
      return { result: 'failure', xml: testCase(suite, name, 0, [failure]) };
    }
    case 'warn': {
      const skipped = xmlElement('skipped', { message: `${level} not met: ${evidence}` });
      const out = xmlTextElement('system-out', {}, details);
      return { result: 'skipped', xml: testCase(suite, name, 0, [skipped, out]) };
    }
    case 'skip':
      return {
        result: 'skipped',
        xml: testCase(suite, name, 0, [xmlElement('skipped', { message: evidence })]),
      };
  }
}

/** The part before the dot is what Jenkins shows as the package. */
function testCase(suite: string, name: string, milliseconds: number, children: readonly string[]): string {
  return xmlElement(
    'testcase',
    { classname: `inspect-flow.${suite}`, name, time: seconds(milliseconds) },
    children,
  );
}

function suiteXml({ name, milliseconds, cases }: Suite, index: number, document: FlowDocument): string {
  const attributes: XmlAttributes = {
    id: index,
    name,
    tests: cases.length,
    failures: count(cases, 'failure'),
    errors: count(cases, 'error'),
    skipped: count(cases, 'skipped'),
    time: seconds(milliseconds),
    // By its schema it has no time zone.
    timestamp: document.started_at.replace(/Z$/, ''),
  };
  const properties = index === 0 ? [xmlElement('properties', {}, propertiesOf(document))] : [];
  return xmlElement('testsuite', attributes, [...properties, ...cases.map(({ xml }) => xml)]);
}

/** The schema has no place for them but in a suite; they are in the first one. */
function propertiesOf({
  target,
  revision,
  outcome,
  registration,
  generator,
  watched,
}: FlowDocument): readonly string[] {
  const told = {
    target,
    revision,
    outcome,
    route: registration.route ?? '',
    client_id: registration.client_id ?? '',
    generator: `${generator.name} ${generator.version}`,
    ...(watched !== null && { flow: watched.flow, client: watched.client?.name ?? '' }),
  };
  return Object.entries(told).map(([name, value]) => xmlElement('property', { name, value }));
}

function count(cases: readonly Case[], wanted: Case['result']): number {
  return cases.filter(({ result }) => result === wanted).length;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
