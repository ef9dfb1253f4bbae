import { Chalk, type ChalkInstance } from 'chalk';
import { eventsOf } from '../collect.js';
import type { FlowEvent } from '../events.js';
import type { CheckResult, FlowDecision, FlowDocument, FlowStep, FlowStepId } from '../trace.js';
import { exchangeLines, type ExchangeLayout } from './exchange.js';
import type { RenderOptions } from './formats.js';
import { wrapped } from './layout.js';
import { stepNumber, STEP_TEXTS } from './steps.js';
import { verdictLines } from './verdict.js';

export interface TextOptions {
  readonly colour: boolean;
  /** columns; 80 if nothing is known */
  readonly width?: number;
  /** all headers, whole bodies, and every check */
  readonly verbose?: boolean;
  readonly write: (text: string) => void;
}

/**
 * A flow that has ended, as the live report showed it.
 *
 * @returns the whole report
 */
export function renderText(document: FlowDocument, options: RenderOptions = {}): string {
  let text = '';
  const renderer = createTextRenderer({ colour: false, ...options, write: (chunk) => (text += chunk) });
  for (const event of eventsOf(document)) renderer.add(event);
  return text;
}

/** Shows a flow while it happens. */
export interface TextRenderer {
  add(event: FlowEvent): void;
}

const MARKS = { pass: '✓', fail: '✗', warn: '!', skip: '·' } as const;

/**
 * Writes a flow for people: each step with its purpose, what was sent and received, what was decided and why, and at
 * the end the verdict. Nothing from a server can steer the terminal.
 */
export function createTextRenderer(options: TextOptions): TextRenderer {
  const { colour, width = 80, verbose = false } = options;
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const checks: CheckResult[] = [];
  const say = (...lines: readonly string[]) => {
    if (lines.length > 0) options.write(`${lines.join('\n')}\n`);
  };
  const layout = { chalk, width, verbose };
  let open: FlowStepId | undefined;
  let skipped: FlowStep[] = [];
  let afterHeading = false;

  function add(event: FlowEvent): void {
    if (event.type !== 'step-ended' || event.ended.outcome !== 'skipped') {
      say(...skippedLines(skipped, layout));
      skipped = [];
    }
    switch (event.type) {
      case 'flow-started':
        return say(
          '',
          ...wrapped(event.start.target, width, 'inspect-flow  ', '').map((line) => chalk.bold(line)),
        );
      case 'front-channel':
      case 'identifier':
        return;
      case 'step-started':
        open = event.step;
        afterHeading = true;
        return say('', ...headingLines(event.step, chalk, width));
      case 'exchange':
        // After the last step only our own authorization server is asked, for its record of the client.
        if (open === undefined) say('', chalk.bold.cyan(' +  The record of the authorization server'));
        afterHeading = false;
        return say('', ...exchangeLines(event.exchange, layout));
      case 'decision':
        if (afterHeading) say('');
        afterHeading = false;
        return say(...decisionLines(event.decision));
      case 'check':
        checks.push(event.check);
        return verbose || isBroken(event.check) ? say(...checkLines(event.check)) : undefined;
      case 'step-ended':
        open = undefined;
        if (event.ended.outcome === 'skipped') skipped.push(event.ended);
        else say(...endLines(event.ended));
        return;
      case 'flow-ended':
        return say('', ...verdictLines(event.end, checks, { chalk, width }), '');
    }
  }

  function decisionLines({ what, because, spec }: FlowDecision): readonly string[] {
    return [
      ...wrapped(what, width, '   • ', '     ').map((line) => chalk.bold(line)),
      ...wrapped(`because ${because} [${spec.title}]`, width, '     ', '     '),
      ...(verbose ? [chalk.dim(`     ${spec.url}`)] : []),
    ];
  }

  function checkLines({ id, level, status, rule, evidence }: CheckResult): readonly string[] {
    const paint = { pass: chalk.green, fail: chalk.red, warn: chalk.yellow, skip: chalk.dim }[status];
    const text = `${level} ${id}: ${rule} (${evidence})`;
    return wrapped(text, width, `   ${MARKS[status]} `, '     ').map((line) => paint(line));
  }

  function endLines({ id, outcome, reason }: FlowStep): readonly string[] {
    if (outcome === 'failed') {
      return wrapped(reason ?? '', width, '   ✗ ', '     ').map((line) => chalk.red.bold(line));
    }
    const passed = checks.filter(({ step, status }) => step === id && status === 'pass').length;
    return [
      ...(reason === null ? [] : wrapped(reason, width, '   ✓ ', '     ').map(green)),
      ...(passed === 0 || verbose
        ? []
        : [green(`   ✓ ${passed} ${passed === 1 ? 'check' : 'checks'} passed`)]),
    ];
  }

  const green = (line: string) => chalk.green(line);
  return { add };
}

function isBroken({ status }: CheckResult): boolean {
  return status === 'fail' || status === 'warn';
}

/** Steps that did not happen, in one line. */
function skippedLines(skipped: readonly FlowStep[], { chalk, width }: ExchangeLayout): readonly string[] {
  if (skipped.length === 0) return [];
  const titles = skipped.map(({ id }) => STEP_TEXTS[id].title).join(', ');
  const text = `Skipped, since ${skipped[0]!.reason}: ${titles}`;
  return ['', ...wrapped(text, width, ' ·  ', '    ').map((line) => chalk.dim(line))];
}

function headingLines(id: FlowStepId, chalk: ChalkInstance, width: number): readonly string[] {
  const { title, purpose } = STEP_TEXTS[id];
  return [
    chalk.bold.cyan(` ${stepNumber(id)}  ${title}`),
    ...wrapped(purpose, width, '    ', '    ').map((line) => chalk.italic(line)),
  ];
}
