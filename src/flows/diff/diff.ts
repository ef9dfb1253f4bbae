import type { FlowDocument } from '../trace/trace.js';
import { compare, type Named } from './compare.js';
import type { ComparedFlow, Difference, DiffSection, FlowDiff } from './difference.js';
import { askedAndGranted, membersOfMetadata, toolsOf } from './contents.js';
import { type NormalForm, normalFormOf } from './normal-form.js';
import { exchangeInWords, partingOf } from './parting.js';

/** What a flow has to be compared, of each section. */
const CONTENTS: Readonly<Record<DiffSection, (flow: FlowDocument, normal: NormalForm) => readonly Named[]>> =
  {
    flow: ({ target, revision, outcome, reason }, normal) => [
      named('MCP server', target),
      named('revision', revision),
      named('outcome', outcome + (reason === null ? '' : `: ${normal(reason)}`)),
    ],
    registration: ({ registration }, normal) => [
      named('route', registration.route ?? 'none'),
      named('client_id', normal(registration.client_id ?? 'none')),
      named('POST /register', registration.register_called ? 'called' : 'not called'),
      named('conforming', registration.conforming ?? 'none'),
      ...registration.precedence.map(({ way, possible, because }) =>
        named(`way ${way}`, `${possible ? 'possible' : 'not possible'}: ${normal(because)}`),
      ),
    ],
    steps: ({ steps }) => steps.map(({ id, outcome }) => ({ step: id, what: id, value: outcome })),
    exchanges: ({ exchanges }, normal) =>
      exchanges.map((exchange) => {
        const [request = '', status = ''] = exchangeInWords(exchange, normal).split(' → ');
        return { step: exchange.step, what: request, value: status };
      }),
    decisions: ({ decisions }, normal) =>
      decisions.map(({ step, what, because }) => ({ step, what: normal(what), value: normal(because) })),
    checks: ({ checks }) => checks.map(({ step, id, status }) => ({ step, what: id, value: status })),
    identifiers: ({ identifiers }, normal) =>
      identifiers.map(({ step, kind, where, value }) => ({
        step,
        what: `${kind}, ${where}`,
        value: normal(value),
      })),
    metadata: membersOfMetadata,
    scopes: askedAndGranted,
    tools: toolsOf,
    findings: ({ watched }, normal) =>
      (watched?.findings ?? []).map(({ id, severity, what }) => named(id, `${severity}: ${normal(what)}`)),
  };

/**
 * Compares two flows: where they part, and what is different besides.
 *
 * @param a the first flow, live or saved
 * @param b the second flow
 */
export function diffFlows(a: FlowDocument, b: FlowDocument): FlowDiff {
  const [normalA, normalB] = [normalFormOf(a), normalFormOf(b)];
  const parting = partingOf(a, b, normalA, normalB);
  const sections = Object.entries(CONTENTS) as [DiffSection, (typeof CONTENTS)[DiffSection]][];
  const differences = sections
    .flatMap(([section, contents]) => compare(section, contents(a, normalA), contents(b, normalB)))
    .filter((difference) => !isSideEffect(difference));
  return {
    version: 1,
    same: parting === null && differences.length === 0,
    a: summaryOf(a),
    b: summaryOf(b),
    parting,
    registration: registrationInWords(a, b),
    differences,
  };
}

/** A check or an identifier that only one flow came to follows from its course, unless something was wrong. */
function isSideEffect({ section, a, b }: Difference): boolean {
  const there = a ?? b;
  if (a !== null && b !== null) return false;
  if (section === 'checks') return there === 'pass' || there === 'skip';
  return section === 'identifiers';
}

function named(what: string, value: string): Named {
  return { step: null, what, value };
}

/** What a reader of two flows of different clients asks first. */
function registrationInWords(a: FlowDocument, b: FlowDocument): string | null {
  if (a.registration.register_called === b.registration.register_called) return null;
  const [taker, other, flow] = a.registration.register_called ? ['a', 'b', b] : ['b', 'a', a];
  const { client_id: clientId, route } = flow.registration;
  const why =
    clientId === null
      ? 'did not come to a client_id'
      : `came with the client_id ${clientId}${route === null ? '' : ` (${route})`}`;
  return `POST /register was taken by ${taker}; ${other} ${why}`;
}

function summaryOf({ target, started_at, outcome, registration, watched }: FlowDocument): ComparedFlow {
  const client = watched?.client?.name ?? null;
  return { target, started_at, outcome, route: registration.route, client };
}
