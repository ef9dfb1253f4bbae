import { ConfigurationError } from '../../shared/configuration-error.js';
import { nearest } from '../../shared/nearest.js';
import { REGISTRATION_ROUTES } from '../../shared/oauth/routes.js';
import { RULES } from '../checks/rules/index.js';
import { FINDING_RULES } from '../watch/findings/index.js';
import {
  checkResult,
  type ExpectationResult,
  FLOW_STEPS,
  type FlowDocument,
  flowOutcome,
  flowStep,
  LATER_STEPS,
} from '../trace/trace.js';

type CheckStatus = FlowDocument['checks'][number]['status'];
type StepOutcome = FlowDocument['steps'][number]['outcome'];

/** What somebody expects of a flow, before it runs. */
export type Expectation =
  | { readonly about: 'route'; readonly route: string }
  | { readonly about: 'outcome'; readonly outcome: string }
  | { readonly about: 'register'; readonly called: boolean }
  | { readonly about: 'step'; readonly id: string; readonly outcome: string }
  | { readonly about: 'check'; readonly id: string; readonly status: string }
  /** of a watched flow; without an id any */
  | { readonly about: 'finding'; readonly id: string | undefined; readonly there: boolean };

const FORMS =
  'route=<route>, register, no-register, outcome=<outcome>, step:<id>=done|skipped|failed, check:<id>, check:<id>=pass|fail|warn|skip,' +
  ' finding:<id>, no-finding:<id>, no-findings';

const BEGINNINGS = [
  'route=',
  'outcome=',
  'register',
  'no-register',
  'step:',
  'check:',
  'finding:',
  'no-finding:',
  'no-findings',
];

/**
 * Reads an expectation, as `--expect` takes it.
 *
 * @param text as in `route=dcr`, `no-register`, `step:token=done`, `check:as.token-no-store`, `no-finding:dead-client-id`
 * @throws ConfigurationError that says what is allowed, and which was probably meant
 */
export function parseExpectation(text: string): Expectation {
  if (text === 'register' || text === 'no-register')
    return { about: 'register', called: text === 'register' };
  if (text === 'no-findings') return { about: 'finding', id: undefined, there: false };
  const [, not, finding] = /^(no-)?finding:([^=]+)$/.exec(text) ?? [];
  if (finding !== undefined) {
    return { about: 'finding', id: knownFinding(finding), there: not === undefined };
  }
  const [, about, id, value] = /^(route|outcome|step|check)(?::([^=]*))?(?:=(.*))?$/s.exec(text) ?? [];
  if (about === 'route' && id === undefined && value !== undefined) {
    return { about, route: oneOf('route', value, REGISTRATION_ROUTES) };
  }
  if (about === 'outcome' && id === undefined && value !== undefined) {
    return { about, outcome: oneOf('outcome', value, flowOutcome.options) };
  }
  if (about === 'step' && id !== undefined && value !== undefined) {
    return {
      about,
      id: oneOf('step', id, [...FLOW_STEPS, ...LATER_STEPS]),
      outcome: oneOf('outcome of a step', value, flowStep.shape.outcome.options),
    };
  }
  if (about === 'check' && id !== undefined) {
    return {
      about,
      id: knownCheck(id),
      status: oneOf('status of a check', value ?? 'pass', checkResult.shape.status.options),
    };
  }
  throw new ConfigurationError(
    'expect',
    `${text} is no expectation; there are ${FORMS}${hint(
      text.replace(/[=:].*$/s, (rest) => rest.charAt(0)),
      BEGINNINGS,
    )}`,
  );
}

function oneOf(what: string, value: string, known: readonly string[]): string {
  if (known.includes(value)) return value;
  throw new ConfigurationError(
    'expect',
    `"${value}" is no ${what}; it is one of ${known.join(', ')}${hint(value, known)}`,
  );
}

/** Too many to list on one line. */
function knownCheck(id: string): string {
  const known = Object.keys(RULES);
  if (known.includes(id)) return id;
  throw new ConfigurationError(
    'expect',
    `there is no check "${id}"${hint(id, known)} (docs/checks.md lists all)`,
  );
}

function knownFinding(id: string): string {
  const known = FINDING_RULES.map((rule) => rule.id);
  if (known.includes(id)) return id;
  throw new ConfigurationError(
    'expect',
    `there is no finding "${id}"${hint(id, known)} (docs/findings.md lists all)`,
  );
}

function hint(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/**
 * Holds expectations against a flow that has ended.
 *
 * @param expectations as `--expect` takes them
 * @returns one result for each, in the same order
 * @throws ConfigurationError if one can't be read
 */
export function holdAgainst(document: FlowDocument, expectations: readonly string[]): ExpectationResult[] {
  return expectations.map((expectation) => ({
    expectation,
    ...look(document, parseExpectation(expectation)),
  }));
}

type Looked = Pick<ExpectationResult, 'met' | 'seen'>;

function look(document: FlowDocument, expectation: Expectation): Looked {
  const { registration, outcome } = document;
  switch (expectation.about) {
    case 'route': {
      const { route } = registration;
      return { met: route === expectation.route, seen: route ?? 'no route: there was no client_id' };
    }
    case 'outcome':
      return { met: outcome === expectation.outcome, seen: outcome };
    case 'register': {
      const { register_called: called } = registration;
      const seen = called ? 'POST /register was called' : 'POST /register was not called';
      return { met: called === expectation.called, seen };
    }
    case 'step': {
      const seen = stepOutcome(document, expectation.id);
      return { met: seen === expectation.outcome, seen };
    }
    case 'check':
      return lookAtCheck(document, expectation);
    case 'finding':
      return lookForFinding(document, expectation);
  }
}

/** Of a step that came more than once the last time counts: it is what the flow came to. */
function stepOutcome({ steps }: FlowDocument, id: string): StepOutcome {
  return steps.findLast((step) => step.id === id)?.outcome ?? 'skipped';
}

/** From the worst on. */
const SEVERITY: readonly CheckStatus[] = ['fail', 'warn', 'pass', 'skip'];

/** Of a check that was settled more than once the worst counts. */
function lookAtCheck(
  { checks }: FlowDocument,
  { id, status }: Extract<Expectation, { about: 'check' }>,
): Looked {
  const [worst] = checks
    .filter((check) => check.id === id)
    .toSorted((one, other) => SEVERITY.indexOf(one.status) - SEVERITY.indexOf(other.status));
  if (!worst) return { met: status === 'skip', seen: 'skip: the flow did not come to it' };
  return { met: worst.status === status, seen: `${worst.status}: ${worst.evidence}` };
}

/** In a flow that nobody watched nobody looked for findings, so that it can't be said that there is none. */
function lookForFinding(
  { watched }: FlowDocument,
  { id, there }: Extract<Expectation, { about: 'finding' }>,
): Looked {
  if (watched === null) {
    return { met: false, seen: 'nobody looked for findings: inspect-flow was the client itself' };
  }
  const found = watched.findings.filter((finding) => id === undefined || finding.id === id);
  const [first] = found;
  const seen =
    first === undefined
      ? id === undefined
        ? 'no findings'
        : `no finding ${id}`
      : id === undefined
        ? [...new Set(found.map((finding) => finding.id))].join(', ')
        : `${first.severity}: ${first.what}`;
  return { met: found.length > 0 === there, seen };
}

/** The expectations that were met, as they were given. */
function met({ expectations }: FlowDocument): readonly Expectation[] {
  return expectations.filter((result) => result.met).map(({ expectation }) => parseExpectation(expectation));
}

/**
 * Whether a flow that did not succeed ended as its user said it would: `outcome=failed` (or `unreachable`),
 * `route=unknown`, or `step:<id>=failed`.
 */
export function isFailureExpected(document: FlowDocument): boolean {
  return met(document).some((expectation) => {
    switch (expectation.about) {
      case 'outcome':
        return true;
      case 'route':
        return document.outcome === 'failed' && expectation.route === 'unknown';
      case 'step':
        return document.outcome === 'failed' && expectation.outcome === 'failed';
      default:
        return false;
    }
  });
}

/** The ids of the findings that were expected, and are there. */
export function expectedFindings(document: FlowDocument): ReadonlySet<string> {
  return new Set(
    met(document).flatMap((expectation) =>
      expectation.about === 'finding' && expectation.there && expectation.id !== undefined
        ? [expectation.id]
        : [],
    ),
  );
}

/** The ids of the checks that were expected to be broken, and were. */
export function expectedToBreak(document: FlowDocument): ReadonlySet<string> {
  return new Set(
    met(document).flatMap((expectation) =>
      expectation.about === 'check' && (expectation.status === 'fail' || expectation.status === 'warn')
        ? [expectation.id]
        : [],
    ),
  );
}
