import { isColourWanted } from './flags/log-flags.js';
import { areLinksShown, isUnicodeShown, windowWidth } from './terminal.js';

/** How a report on stdout is laid out. */
export interface StdoutLayout {
  readonly width: number;
  readonly colour: boolean;
  readonly links: boolean;
  readonly unicode: boolean;
}

/** As wide as the window, and with what its terminal can show. */
export function stdoutLayout(): StdoutLayout {
  const { stdout, env, platform } = process;
  return {
    width: windowWidth(stdout.columns, env),
    colour: isColourWanted(stdout),
    links: areLinksShown(stdout, env),
    unicode: isUnicodeShown(env, platform),
  };
}

/** Writes to stdout and waits until it is written: what is still on its way when a process ends may be lost. */
export function writtenToStdout(text: string): Promise<void> {
  return new Promise((resolve) => {
    // Nobody may be reading any more; that is their business.
    process.stdout.write(text, () => resolve());
  });
}
