import { printable, printableJson } from '../../shared/printable.js';
import { type EditableRequest, parseRequestText, requestText } from './request-text.js';

/** What is asked about: a request with its secrets, and without them. */
export interface Asking<Method extends string> {
  readonly step: string;
  readonly to: 'rs' | 'as';
  readonly request: EditableRequest<Method>;
  readonly shown: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

/** What the user wants. */
export type Answer<Request> =
  { readonly do: 'send'; readonly request: Request } | { readonly do: 'skip' } | { readonly do: 'stop' };

/** Whom the questions go to. */
export interface StepTerminal {
  /** writes a line */
  say(line: string): void;
  /** @returns the line that was typed, or undefined if there will be no more, or the run was interrupted */
  ask(question: string): Promise<string | undefined>;
  /** @returns the text as the user left it, or undefined if there is no editor that works */
  edit(text: string): Promise<string | undefined>;
}

const QUESTION = '  Enter sends it; e edits, s skips, c sends all from here, q stops > ';

/**
 * Asks before each request what shall become of it.
 *
 * @param methods that an edited request can have
 * @returns the port for the flow; it remembers when the user wants to be asked no more
 */
export function stepPrompt<Method extends string>(terminal: StepTerminal, methods: readonly Method[]) {
  type Request = EditableRequest<Method>;
  let asks = true;

  async function answer(request: Request): Promise<Answer<Request>> {
    for (;;) {
      const typed = (await terminal.ask(QUESTION))?.trim().toLowerCase();
      switch (typed) {
        case '':
          return { do: 'send', request };
        case 'c':
          asks = false;
          return { do: 'send', request };
        case 's':
          return { do: 'skip' };
        case 'q':
        case undefined:
          return { do: 'stop' };
        case 'e': {
          const changed = await change(request);
          if (changed) return { do: 'send', request: changed };
          break;
        }
        default:
          terminal.say(`  ${printable(typed, 40)} is none of these.`);
      }
    }
  }

  /** Until it can be read, or the user gives up; what was typed is not lost. */
  async function change(request: Request): Promise<Request | undefined> {
    const before = requestText(request);
    let text = before;
    for (;;) {
      const saved = await terminal.edit(text);
      if (saved === undefined) {
        terminal.say(
          '  The editor did not work; VISUAL or EDITOR names another one. The request is as it was.',
        );
        return undefined;
      }
      if (saved === before) return request;
      const parsed = parseRequestText(saved, methods);
      if (parsed.ok) return parsed.request;
      terminal.say(`  This can't be sent: ${parsed.fault}.`);
      if ((await terminal.ask('  Enter edits it again, q leaves it as it was > '))?.trim() !== '')
        return undefined;
      text = saved;
    }
  }

  return async (asking: Asking<Method>): Promise<Answer<Request>> => {
    if (!asks) return { do: 'send', request: asking.request };
    shownLines(asking).forEach((line) => terminal.say(line));
    return answer(asking.request);
  };
}

function shownLines({ step, to, shown }: Asking<string>): readonly string[] {
  const { method, url, headers, body } = shown;
  const whom = to === 'rs' ? 'the MCP server' : 'the authorization server';
  return [
    '',
    `Next request (${step}), to ${whom}:`,
    `  ${method} ${printable(url, 4000)}`,
    ...Object.entries(headers).map(([name, value]) => `  ${printable(`${name}: ${value}`)}`),
    ...(body === null ? [] : [`  ${typeof body === 'string' ? printable(body, 4000) : printableJson(body)}`]),
  ];
}
