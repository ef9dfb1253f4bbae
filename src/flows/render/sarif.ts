import { createHash } from 'node:crypto';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { CheckResult, FlowDocument, FlowStepId } from '../trace/trace.js';
import { jsonText } from './json-text.js';
import { percentEncoded } from './percent-encoded.js';

/** Something that is wrong, before it is written as SARIF has it. */
interface Finding {
  readonly rule: ReportingDescriptor;
  readonly level: 'error' | 'warning';
  readonly said: string;
  /** null if it is in no step */
  readonly step: FlowStepId | null;
  readonly url: string;
}

const LEVELS = { MUST: 'error', SHOULD: 'warning', MAY: 'note' } as const;

/**
 * A flow as SARIF, for the places where code scanners report: a rule for each check that something was seen of, a result
 * for each broken one, and one if the flow failed. A result is at the URL that was asked, written as a relative path:
 * GitHub refuses a whole file for one location with a scheme. The URL itself is its logical location.
 *
 * @see {@link https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html SARIF 2.1.0}
 */
export function renderSarif(document: FlowDocument): string {
  const { generator, target, outcome, reason, registration, revision, started_at } = document;
  const findings = [
    ...document.checks.flatMap((check) => brokenCheck(check, document)),
    ...failure(document),
  ];
  const rules = rulesOf([...document.checks.map(ruleOf), ...findings.map(({ rule }) => rule)]);
  const hasEnded = outcome !== 'failed' && outcome !== 'unreachable';
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: generator.name, version: generator.version, rules } },
        automationDetails: { id: `inspect-flow/${relativePath(target)}/` },
        invocations: [
          {
            executionSuccessful: hasEnded,
            ...(isIsoTime(started_at) && { startTimeUtc: started_at }),
            ...(reason !== null && { exitCodeDescription: reason }),
          },
        ],
        results: findings.map((finding) => resultOf(finding, rules)),
        columnKind: 'utf16CodeUnits',
        properties: { target, outcome, revision, route: registration.route },
      },
    ],
  };
  return jsonText(log);
}

function brokenCheck(check: CheckResult, document: FlowDocument): readonly Finding[] {
  const { status, step, rule, evidence, remedy } = check;
  if (status !== 'fail' && status !== 'warn') return [];
  const level = status === 'fail' ? 'error' : 'warning';
  const said = `${rule}; seen: ${evidence}; remedy: ${remedy}`;
  return [{ rule: ruleOf(check), level, said, step, url: urlOf(check, document) }];
}

/** The URL that was asked last before the check, of the side whose fault it is. */
function urlOf({ id, step, sequence }: CheckResult, { exchanges, target }: FlowDocument): string {
  const before = exchanges.filter((one) => one.step === step && one.sequence < sequence);
  const asked = before.findLast(({ to }) => id.startsWith(`${to}.`)) ?? before.at(-1);
  return asked?.request.url ?? target;
}

function failure({ outcome, reason, steps, exchanges, target }: FlowDocument): readonly Finding[] {
  if (outcome !== 'failed' && outcome !== 'unreachable') return [];
  const step = steps.find((one) => one.outcome === 'failed')?.id ?? null;
  const asked = exchanges.findLast((exchange) => exchange.step === step);
  const rule: ReportingDescriptor = {
    id: 'flow.completes',
    shortDescription: { text: 'the flow completes' },
    fullDescription: { text: 'the flow goes from the first request to the use of the token' },
    help: { text: 'run inspect-flow with --verbose, and see the step that failed' },
    defaultConfiguration: { level: 'error' },
  };
  const said = `the flow ${step === null ? outcome : `failed at ${step}`}: ${reason ?? outcome}`;
  return [{ rule, level: 'error', said, step, url: asked?.request.url ?? target }];
}

function ruleOf({ id, level, rule, remedy, spec }: CheckResult): ReportingDescriptor {
  const side = id.split('.')[0]!;
  return {
    id,
    shortDescription: { text: literal(rule) },
    fullDescription: { text: literal(`${level}: ${rule} (${spec.title})`) },
    help: { text: literal(`${remedy} (${spec.title}: ${spec.url})`) },
    ...(isWebUrl(spec.url) && { helpUri: spec.url }),
    defaultConfiguration: { level: LEVELS[level] },
    properties: { tags: [level, side] },
  };
}

/** Each rule once. */
function rulesOf(rules: readonly ReportingDescriptor[]): ReportingDescriptor[] {
  return [...new Map(rules.map((rule) => [rule.id, rule])).values()];
}

function resultOf({ rule, level, said, step, url }: Finding, rules: readonly ReportingDescriptor[]): Result {
  const path = relativePath(url);
  return {
    ruleId: rule.id,
    ruleIndex: rules.findIndex(({ id }) => id === rule.id),
    level,
    message: { text: literal(said) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: path }, region: { startLine: 1 } },
        logicalLocations: [{ fullyQualifiedName: url, kind: 'resource' }],
      },
    ],
    partialFingerprints: { primaryLocationLineHash: `${hash([rule.id, step ?? '', path])}:1` },
    properties: { step, url },
  };
}

/**
 * A URL as the path of a file that there might be: host, port and path, without what changes from run to run.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-4.2 RFC 3986 §4.2}: the first part has no colon
 */
function relativePath(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed || !isWebUrl(url)) return 'unknown';
  const path = `${parsed.host.replace(/[[\]]/g, '').replaceAll(':', '_')}${parsed.pathname}`;
  return path.replace(/[^A-Za-z0-9\-._~/%]/gu, percentEncoded).replace(/\/+$/, '');
}

/**
 * A text in which nothing is a placeholder or a link.
 *
 * @see {@link https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html SARIF 2.1.0} §3.11.5, §3.11.6
 */
function literal(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&').replace(/[{}]/g, '$&$&');
}

function isWebUrl(url: string): boolean {
  const protocol = URL.parse(url)?.protocol;
  return protocol === 'https:' || protocol === 'http:';
}

function isIsoTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}
