import { ConfigurationError } from '../../shared/configuration-error.js';
import { type Answer, type Asking, stepPrompt } from './step-prompt.js';
import { processTerminal } from './terminal.js';

/**
 * `--step`: asks in the terminal of this process before each request.
 *
 * @param methods that an edited request can have
 * @param environment names the editor
 * @param signal of Ctrl-C: nothing is asked after it, and the flow sees to its own end
 * @throws ConfigurationError where there is no terminal to ask in
 */
export function stepping<Method extends string>(
  methods: readonly Method[],
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): (asking: Asking<Method>) => Promise<Answer<Asking<Method>['request']>> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new ConfigurationError('step', 'asks its questions in a terminal, and stdin or stderr is none');
  }
  const editor =
    environment['VISUAL'] || environment['EDITOR'] || (process.platform === 'win32' ? 'notepad' : 'vi');
  const prompt = stepPrompt(processTerminal(signal, editor), methods);
  return async (asking) => {
    if (signal.aborted) return { do: 'send', request: asking.request };
    // What happened before it is to be on the screen before it.
    await new Promise((resolve) => setImmediate(resolve));
    const answer = await prompt(asking);
    return signal.aborted ? { do: 'send', request: asking.request } : answer;
  };
}
