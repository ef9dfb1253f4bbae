import { spawn } from 'node:child_process';

/** The command that opens a URL, for each platform; elsewhere `xdg-open`. */
const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  // Not `cmd /c start`: a shell would read the & of the query.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/**
 * Opens the user's browser.
 *
 * @param url http or https; given to the command as one argument, without a shell
 * @param signal ends the wait for the command, as Ctrl-C does
 * @returns false if there is no browser to open
 */
export function openBrowser(url: string, signal: AbortSignal): Promise<boolean> {
  const protocol = URL.parse(url)?.protocol;
  if (signal.aborted || (protocol !== 'http:' && protocol !== 'https:')) return Promise.resolve(false);
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    // An opener that stays, as some do until the browser ends, has found one.
    setTimeout(() => resolve(true), 3000).unref();
    signal.addEventListener('abort', () => resolve(false), { once: true });
    child.unref();
  });
}
