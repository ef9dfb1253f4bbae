import { Chalk, type ChalkInstance } from 'chalk';
import type { Finding } from '../../trace/watched-facts.js';
import type { LinkedExchange, WatchedFlow } from '../../watch/watched-flow.js';
import type { WatchEvent } from '../../watching.js';
import { columnsOf, fitted, inAscii, padded, steady } from '../columns.js';
import { wrapped, wrappedSpans } from '../layout.js';
import { OUTCOME_IN_WORDS } from '../verdict-texts.js';
import { happened } from './happened.js';

/** How the watching is told on a terminal. */
export interface WatchTextOptions {
  /** columns; 80 if nothing is known */
  readonly width?: number;
  readonly colour?: boolean;
  /** whether there may be other characters than ASCII; there may unless said otherwise */
  readonly unicode?: boolean;
  /** only how flows ended */
  readonly quiet?: boolean;
  /** also what the servers ask among each other, preflights, the URL, and what shows to which flow it belongs */
  readonly verbose?: boolean;
  /** the client that is watched alone */
  readonly clientId?: string | undefined;
  /** the time of day where the reader is: HH:MM:SS. @param at milliseconds since the epoch */
  readonly timeOf: (at: number) => string;
}

/** Tells what happens, a line an exchange, and how each flow ended. */
export interface WatchText {
  /** @returns lines, each with its end; '' where there is nothing to tell */
  add(event: WatchEvent): string;
}

/** Columns of the parts of a line: the time, the flow, its client, the step. */
const COLUMNS = { time: 8, flow: 4, client: 12, step: 13 } as const;
const INDENT = COLUMNS.time + 1 + COLUMNS.flow + 1;

/** With fewer columns than these the step is left out: what happened says it too. */
const NARROW = 72;

/** Steps by names that fit into their column. */
const STEP_NAMES: Readonly<Record<LinkedExchange['step'], string>> = {
  challenge: 'challenge',
  'resource-metadata': 'RS metadata',
  'authorization-server-metadata': 'AS metadata',
  registration: 'registration',
  authorization: 'authorization',
  callback: 'callback',
  token: 'token',
  'mcp-call': 'MCP call',
  'step-up': 'step-up',
  refresh: 'refresh',
  'cross-origin': 'cross-origin',
  revocation: 'revocation',
  'clean-up': 'clean-up',
};

const RESPONSIBLE: Readonly<Record<Finding['who'], string>> = {
  client: 'the client',
  as: 'the authorization server',
  rs: 'the MCP server',
  user: 'the user',
};

/** Starts to tell. */
export function createWatchText(options: WatchTextOptions): WatchText {
  const {
    width = 80,
    colour = false,
    unicode = true,
    quiet = false,
    verbose = false,
    clientId,
    timeOf,
  } = options;
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const style: Style = { chalk, width: Math.max(40, width), verbose, timeOf };
  /** flows of which the verdict was told: what comes after that is told at once */
  const ended = new Set<string>();
  const finish = (lines: readonly string[]) => {
    const text = lines.map((line) => `${line}\n`).join('');
    return unicode ? text : inAscii(text);
  };
  return {
    add(event) {
      switch (event.type) {
        case 'ready':
          return finish(wrapped(readyLine(event, clientId), style.width, '', ''));
        case 'step':
          return quiet || (!verbose && isAside(event.added)) ? '' : finish(stepLines(event, style));
        case 'finding':
          return ended.has(event.flow.id) ? finish(findingLines(event.finding, event.flow, style)) : '';
        case 'joined':
          return quiet
            ? ''
            : finish([`${headOf(event.flow, event.flow.updatedAt, style)}is the same as ${event.gone}`]);
        case 'ended':
          ended.add(event.flow.id);
          return finish(verdictLines(event.flow, style));
        case 'over':
          return finish(summaryLines(event.flows, style));
        case 'server':
        case 'alone':
          return '';
      }
    },
  };
}

interface Style {
  readonly chalk: ChalkInstance;
  readonly width: number;
  readonly verbose: boolean;
  readonly timeOf: (at: number) => string;
}

function readyLine(
  { flows, open }: Extract<WatchEvent, { type: 'ready' }>,
  clientId: string | undefined,
): string {
  const whose = clientId === undefined ? '' : ' of this client';
  if (flows === 0) return `No flow${whose} so far. What happens from now on is shown; Ctrl-C ends it.`;
  const some = `${flows === 1 ? '1 flow' : `${flows} flows`}${whose} so far`;
  const going = open === 0 ? '' : `, ${open} of them under way`;
  return `${some}${going} (--history shows what they did). What happens from now on is shown; Ctrl-C ends it.`;
}

/** What nobody misses who wants to know what the client does. */
function isAside({ exchange }: LinkedExchange): boolean {
  const { meaning, from, response } = exchange;
  const isFine = response !== null && response.status < 400;
  return (
    isFine &&
    (meaning === 'preflight' || meaning === 'keys' || (from === 'rs' && meaning !== 'introspection'))
  );
}

function stepLines({ flow, added }: Extract<WatchEvent, { type: 'step' }>, style: Style): readonly string[] {
  const { exchange, step, linkedBy } = added;
  const { chalk, width } = style;
  const isNarrow = width < NARROW;
  const named = isNarrow ? '' : `${chalk.dim(padded(STEP_NAMES[step], COLUMNS.step))} `;
  const head = headOf(flow, exchange.at, style) + named;
  const room = width - INDENT - COLUMNS.client - 1 - (isNarrow ? 0 : COLUMNS.step + 1);
  const isBad = exchange.response === null || exchange.response.status >= 500;
  const isRefusal = exchange.reason_code !== null && exchange.reason_code !== 'token_missing';
  const paint = isBad ? chalk.red : isRefusal ? chalk.yellow : (text: string) => text;
  const reason = exchange.reason_code === null ? '' : ` [${exchange.reason_code}]`;
  const [first = '', ...rest] = wrappedSpans([{ text: `${happened(exchange)}${reason}` }], {
    width: room,
    first: '',
    rest: '',
    breakUrls: true,
  });
  const more = style.verbose
    ? [
        `${exchange.request.method} ${exchange.request.url}: ${exchange.response?.status ?? 'no answer'}`,
        `belongs to ${flow.id} by: ${linkedBy}`,
      ].flatMap((line) => wrapped(line, width, ' '.repeat(INDENT), ' '.repeat(INDENT)))
    : [];
  return [
    head + paint(first),
    ...rest.map((line) => ' '.repeat(width - room) + paint(line)),
    ...more.map((line) => chalk.dim(line)),
  ];
}

/** Time, flow and client. */
function headOf(flow: WatchedFlow, at: number, { chalk, timeOf }: Style): string {
  const paint = paintOf(flow.id, chalk);
  const name = fitted(steady(nameOf(flow), 200), COLUMNS.client);
  return `${chalk.dim(timeOf(at))} ${paint(padded(flow.id, COLUMNS.flow))} ${paint(padded(name, COLUMNS.client))} `;
}

/** The program where there is a guess, else the client_id, else nothing yet. */
function nameOf({ client, clientId }: WatchedFlow): string {
  return client?.name ?? clientId ?? '?';
}

/** A colour for each flow, so that several can be told apart. */
function paintOf(id: string, chalk: ChalkInstance): (text: string) => string {
  const colours = [chalk.cyan, chalk.magenta, chalk.green, chalk.blue, chalk.yellow];
  return colours[Number(id.replace(/\D/g, '')) % colours.length] ?? chalk.cyan;
}

function verdictLines(flow: WatchedFlow, style: Style): readonly string[] {
  const { chalk, width, timeOf } = style;
  const paint = paintOf(flow.id, chalk);
  const outcome = flow.outcome === undefined ? 'under way' : OUTCOME_IN_WORDS[flow.outcome];
  const good = flow.outcome === 'completed' || flow.outcome === 'not-protected';
  const look = flow.outcome === undefined ? chalk.bold : good ? chalk.green.bold : chalk.red.bold;
  const line = (label: string, text: string) => labelled(label, text, width);
  const { client, clientId, route, reason, lastStep, tokenLastUsedAt } = flow;
  const why = reason === undefined ? '' : `: ${reason}`;
  const [ended = '', ...more] = wrapped(outcome, width - INDENT, '', '');
  return [
    `${chalk.dim(timeOf(flow.updatedAt))} ${paint(padded(flow.id, COLUMNS.flow))} ${look(ended)}`,
    ...more.map((rest) => ' '.repeat(INDENT) + look(rest)),
    ...(why === '' ? [] : line('why', reason ?? '')),
    ...(client ? line('client', `${client.name}, a guess: ${client.evidence.join('; ')}`) : []),
    ...line('client_id', clientId === undefined ? 'none was named' : cutId(clientId)),
    ...line('route', `${route.route ?? 'not to be told'}: ${route.because[0] ?? 'nothing shows it'}`),
    ...route.because.slice(1).flatMap((because) => line('', because)),
    ...(lastStep === undefined ? [] : line('last step', STEP_NAMES[lastStep])),
    ...(tokenLastUsedAt === undefined ? [] : line('token', `last accepted at ${timeOf(tokenLastUsedAt)}`)),
    ...(flow.follows === undefined ? [] : line('follows', flow.follows)),
    ...flow.findings.flatMap((finding) => findingLines(finding, flow, style, true)),
  ];
}

function findingLines(
  finding: Finding,
  flow: WatchedFlow,
  { chalk, width, verbose, timeOf }: Style,
  inVerdict = false,
): readonly string[] {
  const isProblem = finding.severity === 'problem';
  const paint = isProblem ? chalk.red : chalk.yellow;
  const head = inVerdict
    ? []
    : [
        `${chalk.dim(timeOf(flow.updatedAt))} ${paintOf(flow.id, chalk)(padded(flow.id, COLUMNS.flow))} ${paint('finding')}`,
      ];
  const label = isProblem ? 'problem' : 'notice';
  const spec = verbose && finding.spec ? [`${finding.spec.title} ${finding.spec.url}`] : [];
  return [
    ...head,
    ...labelled(label, `${finding.id}: ${finding.what}`, width, paint),
    ...labelled('', `seen: ${finding.evidence.join('; ')}`, width),
    ...labelled('', `${RESPONSIBLE[finding.who]} should change: ${finding.change}`, width),
    ...spec.flatMap((text) => labelled('', text, width)),
  ];
}

const LABEL = 10;

function labelled(
  label: string,
  text: string,
  width: number,
  paint: (text: string) => string = (plain) => plain,
): readonly string[] {
  const rest = ' '.repeat(INDENT + LABEL);
  const first = `${' '.repeat(INDENT)}${padded(label, LABEL)}`;
  return wrapped(text, width, first, rest).map((line, index) =>
    index === 0 && label !== '' ? line.replace(label, paint(label)) : line,
  );
}

/** A client_id may be a long URL or a signed document; its first part tells it from others. */
function cutId(clientId: string): string {
  const shown = steady(clientId, 300);
  return columnsOf(shown) > 120 ? fitted(shown, 120) : shown;
}

/** How many flows went which way, how they ended, and what was found. */
function summaryLines(flows: readonly WatchedFlow[], { width }: Style): readonly string[] {
  if (flows.length === 0) return ['No flow was seen.'];
  const routes = countsOf(flows.map(({ route }) => route.route ?? 'route not to be told'));
  const outcomes = countsOf(flows.map(({ outcome }) => (outcome === undefined ? 'under way' : outcome)));
  const findings = new Map<string, string[]>();
  for (const flow of flows) {
    for (const id of new Set(flow.findings.map((finding) => finding.id))) {
      findings.set(id, [...(findings.get(id) ?? []), flow.id]);
    }
  }
  const total = flows.length === 1 ? '1 flow' : `${flows.length} flows`;
  return [
    '',
    ...wrapped(`${total}: ${outcomes}`, width, '', '  '),
    ...wrapped(`routes: ${routes}`, width, '', '  '),
    ...[...findings].flatMap(([id, of]) => wrapped(`${id}: ${named(of)}`, width, '  ', '    ')),
  ];
}

function named(ids: readonly string[]): string {
  const some = ids.slice(0, 10).join(', ');
  return ids.length > 10 ? `${some} and ${ids.length - 10} more` : some;
}

function countsOf(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([value, count]) => `${count} ${value}`)
    .join(', ');
}
