import { type AuthorizationServerOptions, createAuthorizationServer } from '../../../src/as/index.js';
import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import { placesIn } from '../../../src/flows/record/places.js';
import { createFlowsService } from '../../../src/flows/service.js';
import type { EmittedEvent } from '../../../src/shared/events/events.js';
import { toAll } from '../../../src/shared/events/to-all.js';
import { type Browser, createBrowser } from '../../support/browser.js';

export const ORIGIN = 'http://localhost:9000';
export const TOKEN = '8ffa4c2d61b09e37a5d4c1b2';

/** An authorization server with its flows, in this process. */
export function servedFlows({
  token,
  ...options
}: Partial<AuthorizationServerOptions> & { readonly token?: string } = {}) {
  let seconds = 1_795_472_707;
  const clock = { now: () => seconds };
  const ticking = new Set<() => void>();
  const events: EmittedEvent[] = [];
  const flows = createFlowsService(
    { flows: true, history: 100, token },
    {
      clock,
      ticker(work) {
        ticking.add(work);
        return () => void ticking.delete(work);
      },
      milliseconds: () => performance.now(),
      describe: ({ kind }) => kind,
    },
  );
  const demoMode = options.demoMode ?? true;
  const issuer = options.issuer ?? ORIGIN;
  const as = createAuthorizationServer(
    {
      issuer,
      demoMode,
      clients: [{ client_id: 'demo-preset' }],
      resources: ['http://localhost:8001/mcp'],
      users: demoMode ? [] : [{ username: 'alice', password: 'correct-horse' }],
      registration: ['preset', 'dcr'],
      ...options,
    },
    { clock, onEvent: toAll((event) => events.push(event), flows.sink) },
  );
  const app = flows.serve(as, { demoMode, places: () => placesIn('as', as.metadata), levers: as.levers });
  const fetch = async (path: string, init: RequestInit = {}, address = '127.0.0.1'): Promise<Response> =>
    app.fetch(new Request(new URL(path, new URL(issuer).origin), init), { address, port: 50_000 });
  const browser: Browser = createBrowser(
    async (input, init) => app.fetch(new Request(input, init), { address: '127.0.0.1', port: 50_000 }),
    new URL(issuer).origin,
  );
  return {
    as,
    app,
    events,
    fetch,
    browser,
    close: () => flows.close(),
    /** what happens each second */
    tick: () => ticking.forEach((work) => work()),
    wait: (more: number) => void (seconds += more),
    /** what was written down so far */
    async exchanges(headers: Readonly<Record<string, string>> = {}): Promise<readonly RecordedExchange[]> {
      const { body } = await fetch('/flows/exchanges', { headers });
      const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      while (!text.includes('event: live')) {
        const { value, done } = await reader.read();
        if (done) break;
        text += value;
      }
      await reader.cancel();
      return [...text.matchAll(/^event: exchange\n(?:id: .*\n)?data: (.*)$/gm)].map(
        ([, json]) => JSON.parse(json!) as RecordedExchange,
      );
    },
  };
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
export const HTML = { accept: 'text/html' };
