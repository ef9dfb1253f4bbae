import { Chalk } from 'chalk';
import { createFlowCollector, eventsOf } from '../trace/collect.js';
import { diagramOf } from '../diagram/diagram.js';
import type { FlowEvent, FlowStart } from '../trace/events.js';
import type { FlowDocument, FlowStep, FlowStepId } from '../trace/trace.js';
import { inAscii } from './columns.js';
import { diagramLines } from './diagram-text.js';
import { briefExchangeLines, exchangeLines } from './exchange.js';
import type { RenderOptions } from './formats.js';
import { identifierLines } from './identifiers.js';
import { wrapped, wrappedSpans } from './layout.js';
import { networkSentences } from './network.js';
import { skippedInWords } from './report.js';
import { watchedInWords } from './watched-texts.js';
import { printable } from '../../shared/printable.js';
import { checkLines, decisionLines, isBroken } from './rules.js';
import { stepNumber, STEP_TEXTS } from '../trace/step-texts.js';
import { hyperlink, type Style } from './style.js';
import { verdictLines } from './verdict.js';

/** Where the report goes, piece by piece, and how it looks. */
export interface TextOptions extends RenderOptions {
  readonly write: (text: string) => void;
}

/** Longer lines of text than this are hard to read, however wide the window is. */
const MAX_TEXT_WIDTH = 100;
/** Wider, what belongs together in the diagram is too far apart. */
const MAX_DIAGRAM_WIDTH = 120;
/** Below this nothing is laid out any more, and the terminal breaks the lines. */
const MIN_WIDTH = 20;

/**
 * A flow that has ended, as the live report showed it.
 *
 * @returns the whole report
 */
export function renderText(document: FlowDocument, options: RenderOptions = {}): string {
  let text = '';
  const renderer = createTextRenderer({ ...options, write: (chunk) => (text += chunk) });
  for (const event of eventsOf(document)) renderer.add(event);
  return text;
}

/** Shows a flow while it happens. */
export interface TextRenderer {
  add(event: FlowEvent): void;
}

/**
 * Writes a flow for people: each step with its purpose, what was sent and received, what was decided and why, and at
 * the end the whole as a diagram, and the verdict. Nothing from a server can steer the terminal.
 */
export function createTextRenderer(options: TextOptions): TextRenderer {
  const { colour = false, width = 80, verbose = false, quiet = false } = options;
  const { links = false, unicode = true } = options;
  const window = Math.max(MIN_WIDTH, width);
  const style: Style = {
    chalk: new Chalk({ level: colour ? 1 : 0 }),
    width: Math.min(window, MAX_TEXT_WIDTH),
    verbose,
    link: links ? hyperlink : (text) => text,
  };
  const say = (lines: readonly string[]) => {
    if (lines.length === 0) return;
    const text = `${lines.join('\n')}\n`;
    options.write(unicode ? text : inAscii(text));
  };
  const collector = createFlowCollector();
  const narrator = createNarrator(style);

  return {
    add(event) {
      collector.add(event);
      if (event.type === 'flow-started') say(titleLines(event.start, style));
      if (!quiet) say(narrator.linesOf(event));
      if (event.type !== 'flow-ended') return;
      const document = collector.document();
      say(glanceLines(document, { ...style, width: Math.min(window, MAX_DIAGRAM_WIDTH) }));
      const strings = identifierLines(document.identifiers, { ...style, quiet });
      if (strings.length > 0) say(['', ...strings]);
      say(['', ...verdictLines(document, style), '']);
    },
  };
}

function titleLines({ target, network, watched }: FlowStart, { chalk, width }: Style): readonly string[] {
  const who = watched === null ? 'inspect-flow' : `watched flow ${printable(watched.flow, 40)}`;
  return [
    '',
    ...wrapped(target, width, `${who}  `, '  ').map((line) => chalk.bold(line)),
    ...(watched === null ? [] : wrapped(watchedInWords(watched), width, '  ', '  ')),
    ...networkSentences(network).flatMap((sentence) =>
      wrapped(sentence, width, '! ', '  ').map((line) => chalk.yellow(line)),
    ),
  ];
}

/** The whole flow as one picture. */
function glanceLines(document: FlowDocument, style: Style): readonly string[] {
  const diagram = diagramOf(document);
  if (diagram.rows.length === 0) return [];
  return ['', style.chalk.bold.inverse(' Flow at a glance '), '', ...diagramLines(diagram, style)];
}

/** Tells a flow step by step. It remembers where it is. */
function createNarrator(style: Style) {
  let open: FlowStepId | undefined;
  let skipped: FlowStep[] = [];
  let settled = { passed: 0, other: 0 };
  let isAfterHeading = false;

  function tell(event: FlowEvent): readonly string[] {
    switch (event.type) {
      case 'flow-started':
      case 'front-channel':
      case 'identifier':
      case 'flow-ended':
        return [];
      case 'step-started':
        open = event.step;
        settled = { passed: 0, other: 0 };
        isAfterHeading = true;
        return ['', ...headingLines(event.step, style)];
      case 'exchange': {
        // After the last step only our own authorization server is asked, for its record of the client.
        const heading =
          open === undefined ? ['', style.chalk.bold.cyan(' +  The record of the authorization server')] : [];
        // Sent side by side, and of interest by the checks that they settle.
        const isBrief = event.exchange.step === 'cross-origin' && !style.verbose;
        const gap = isBrief && !isAfterHeading ? [] : [''];
        isAfterHeading = false;
        const lines = isBrief
          ? briefExchangeLines(event.exchange, style)
          : exchangeLines(event.exchange, style);
        return [...heading, ...gap, ...lines];
      }
      case 'decision': {
        const gap = isAfterHeading ? [''] : [];
        isAfterHeading = false;
        return [...gap, ...decisionLines(event.decision, style)];
      }
      case 'check':
        if (event.check.status === 'pass') settled.passed += 1;
        else if (event.check.status !== 'skip') settled.other += 1;
        return style.verbose || isBroken(event.check) ? checkLines(event.check, style, '   ') : [];
      case 'step-ended':
        open = undefined;
        if (event.ended.outcome !== 'skipped') return endLines(event.ended, settled, style);
        skipped.push(event.ended);
        return [];
    }
  }

  return {
    linesOf(event: FlowEvent): readonly string[] {
      const isSkipped = event.type === 'step-ended' && event.ended.outcome === 'skipped';
      const before = isSkipped ? [] : skippedLines(skipped, style);
      if (!isSkipped) skipped = [];
      return [...before, ...tell(event)];
    },
  };
}

/** Steps that did not happen, in one line for each reason. */
function skippedLines(skipped: readonly FlowStep[], { chalk, width }: Style): readonly string[] {
  const told = skippedInWords(skipped).flatMap((text) => wrapped(text, width, ' ·  ', '    '));
  return told.length === 0 ? [] : ['', ...told.map((line) => chalk.dim(line))];
}

function headingLines(id: FlowStepId, { chalk, width }: Style): readonly string[] {
  const { title, purpose } = STEP_TEXTS[id];
  return [
    ...numbered(stepNumber(id), title, { chalk, width }),
    ...wrapped(purpose, width, '    ', '    ').map((line) => chalk.italic(line)),
  ];
}

function numbered(
  number: string,
  title: string,
  { chalk, width }: Pick<Style, 'chalk' | 'width'>,
): readonly string[] {
  const place = { width, first: ` ${number}  `, rest: '    ', paintFirst: chalk.bold.cyan };
  return wrappedSpans([{ text: title, paint: chalk.bold.cyan }], place);
}

/** How a step ended: what came of it, the checks that it settled, and how long it took. */
function endLines(
  { outcome, reason, milliseconds }: FlowStep,
  { passed, other }: { readonly passed: number; readonly other: number },
  { chalk, width }: Style,
): readonly string[] {
  const isDone = outcome !== 'failed';
  const totals = [
    ...(passed > 0 ? [`${passed} ${passed === 1 ? 'check' : 'checks'} passed`] : []),
    ...(other > 0 ? [`${other} not`] : []),
    `${milliseconds} ms`,
  ].join(', ');
  const mark = { done: '✓', skipped: '·', failed: '✗', 'under-way': '…' }[outcome];
  const paint = isDone ? chalk.green : chalk.red.bold;
  const text = reason === null ? mark : `${mark} ${reason}:`;
  return wrappedSpans(
    [
      { text, paint },
      { text: totals, paint: isDone ? chalk.green : chalk.dim },
    ],
    { width, first: '   ', rest: '     ' },
  );
}
