import { createHash } from 'node:crypto';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { CheckResult, FlowDocument, FlowStepId } from '../trace/trace.js';
import { jsonText } from './json-text.js';
import type { Finding } from '../trace/watched-facts.js';
import { percentEncoded } from './percent-encoded.js';
import { RESPONSIBLE_IN_WORDS } from './verdict-texts.js';

/** Something that is wrong, before it is written as SARIF has it. */
interface Broken {
  readonly rule: ReportingDescriptor;
  readonly level: 'error' | 'warning' | 'note';
  readonly said: string;
  /** null if it is in no step */
  readonly step: FlowStepId | null;
  readonly url: string;
}

const LEVELS = { MUST: 'error', SHOULD: 'warning', MAY: 'note' } as const;

/**
 * A flow as SARIF, for the places where code scanners report: a rule for each check that something was seen of, a result
 * for each broken one, one for each finding of a watched flow, and one if the flow failed. A result is at the URL that was asked, written as a relative path:
 * GitHub refuses a whole file for one location with a scheme. The URL itself is its logical location.
 *
 * @see {@link https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html SARIF 2.1.0}
 */
export function renderSarif(document: FlowDocument): string {
  const { generator, target, outcome, reason, registration, revision, started_at } = document;
  const broken = [
    ...document.checks.flatMap((check) => brokenCheck(check, document)),
    ...watchedFindings(document),
    ...failure(document),
  ];
  const rules = rulesOf([...document.checks.map(ruleOf), ...broken.map(({ rule }) => rule)]);
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
        results: broken.map((one) => resultOf(one, rules)),
        columnKind: 'utf16CodeUnits',
        properties: {
          target,
          outcome,
          revision,
          route: registration.route,
          ...(document.watched !== null && { client: document.watched.client?.name ?? null }),
        },
      },
    ],
  };
  return jsonText(log);
}

function brokenCheck(check: CheckResult, document: FlowDocument): readonly Broken[] {
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

/** Where in the flow a finding was seen is in its evidence only. */
function watchedFindings({ watched, target }: FlowDocument): readonly Broken[] {
  return (watched?.findings ?? []).map((finding) => {
    const { severity, what, evidence, who, change } = finding;
    const said = `${what}; seen: ${evidence.join('; ')}; to do: ${RESPONSIBLE_IN_WORDS[who]}: ${change}`;
    const level = severity === 'problem' ? 'error' : 'note';
    return { rule: findingRule(finding, level), level, said, step: null, url: target };
  });
}

function findingRule(
  { id, severity, what, who, change, spec }: Finding,
  level: 'error' | 'note',
): ReportingDescriptor {
  const section = spec === null ? '' : ` (${spec.title})`;
  return {
    id: `finding.${id}`,
    shortDescription: { text: literal(what) },
    fullDescription: { text: literal(`${what}${section}`) },
    help: { text: literal(`${RESPONSIBLE_IN_WORDS[who]}: ${change}${section}`) },
    ...(spec !== null && isWebUrl(spec.url) && { helpUri: spec.url }),
    defaultConfiguration: { level },
    properties: { tags: [severity, who] },
  };
}

function failure({ outcome, reason, steps, exchanges, target }: FlowDocument): readonly Broken[] {
  if (outcome !== 'failed' && outcome !== 'unreachable') return [];
  const step = steps.findLast((one) => one.outcome === 'failed')?.id ?? null;
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

function resultOf({ rule, level, said, step, url }: Broken, rules: readonly ReportingDescriptor[]): Result {
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
