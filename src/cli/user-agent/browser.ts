import { printable } from '../../shared/printable.js';
import { openBrowser } from './open-browser.js';
import { openCallbackListener } from './callback-listener.js';

/** How the browser of the user is reached. */
export interface BrowserOptions {
  /** false prints the URL and opens nothing */
  readonly open: boolean;
  /** tells the user something, outside of the report */
  readonly say: (line: string) => void;
}

/** What a browser visit comes to; the user agent of the flows has the same shape. */
type Visit =
  | { readonly kind: 'redirected'; readonly url: string }
  | { readonly kind: 'stopped'; readonly reason: string; readonly clientRefused: boolean };

/** Lets the user sign in with a browser, and waits on loopback until it is sent back. */
export async function browserUserAgent({ open, say }: BrowserOptions) {
  const listener = await openCallbackListener();
  return {
    redirectUri: listener.redirectUri,
    how: open ? 'opens the browser, where the user signs in' : 'prints the URL, which the user opens',
    close: () => listener.close(),
    visit: async (url: string, { signal }: { readonly signal: AbortSignal }): Promise<Visit> => {
      // Before the browser is opened: it may be back at once.
      const callback = listener.callback(signal, {
        state: new URL(url).searchParams.get('state'),
        onOther: () => say('A callback came with another state than was sent; waiting on for the right one.'),
      });
      const opened = open && (await openBrowser(url, signal));
      if (!signal.aborted) {
        say(opened ? 'Sign in in the browser. If it did not open, go to' : 'To sign in, open');
        say(`\n  ${printable(url, 8000)}\n`);
      }
      const came = await callback;
      if (came !== undefined) return { kind: 'redirected', url: came };
      const reason = signal.aborted
        ? 'interrupted'
        : 'nobody came back from the authorization server within 5 minutes; its page says what it did not like';
      return { kind: 'stopped', reason, clientRefused: false };
    },
  };
}
