import { Chalk, type ChalkInstance } from 'chalk';
import type { EmittedEvent, EventLevel, EventSink } from '../../shared/events/events.js';
import { printable, printableJson } from '../../shared/printable.js';
import { describeEvent } from './describe-event.js';
import { localTime } from './local-time.js';

/** How the log is written, and where to. */
export interface LogOptions {
  readonly format: 'text' | 'json';
  /** the least level that is shown */
  readonly level: EventLevel;
  readonly colour: boolean;
  /** the trace that the request belongs to during which something happens; told as JSON only */
  readonly trace?: (() => { readonly trace_id: string; readonly span_id: string } | undefined) | undefined;
  readonly write: (line: string) => void;
}

const ORDER: readonly EventLevel[] = ['debug', 'info', 'warning', 'error'];

/** The sink that a person (or, as JSON, a machine) reads: one line an event. */
export function createLog({ format, level, colour, trace, write }: LogOptions): EventSink {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const least = ORDER.indexOf(level);
  return (event) => {
    if (ORDER.indexOf(event.level) < least) return;
    write(
      format === 'json'
        ? printableJson({ ...trace?.(), ...event, at: iso(event.at) })
        : textLine(event, chalk),
    );
  };
}

function textLine(event: EmittedEvent, chalk: ChalkInstance): string {
  const paint = { debug: chalk.dim, info: (text: string) => text, warning: chalk.yellow, error: chalk.red }[
    event.level
  ];
  const server = event.server === 'as' ? chalk.cyan('AS') : chalk.magenta('RS');
  const mark = { debug: '', info: '', warning: 'warning: ', error: 'error: ' }[event.level];
  return `${chalk.dim(localTime(event.at))} ${server}  ${paint(mark + printable(describeEvent(event)))}`;
}

function iso(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
