import { Hono } from 'hono';
import type { Clock } from '../../shared/clock.js';
import { VERSION } from '../../shared/version.js';
import type { Watch } from '../watch/watch.js';
import type { FlowDocument } from '../trace/trace.js';
import type { WatchedFlow } from '../watch/watched-flow.js';
import { exportOf } from './export.js';
import { piecesOf } from './flow.js';
import { readLiveScript } from './script.js';
import { selectionOf } from './selection.js';
import { page, POLICY } from './shell.js';
import { createViewStream, type Pace } from './view-stream.js';
import { viewOf, type Watched } from './view.js';

/** What the live pages show, and what they need of the world. */
export interface FlowPagesOptions {
  readonly watch: Watch;
  /** of this process */
  readonly recorder: string;
  /** how many exchanges were served without being recorded */
  readonly skipped: () => number;
  readonly clock: Clock;
  /** since any fixed moment */
  readonly milliseconds: () => number;
  readonly documentOf: (flow: WatchedFlow) => FlowDocument;
  /** how fast views follow each other, where it is not to be as usual */
  readonly pace?: Pace;
}

/** The pages under `/flows`, of whichever watched server. Who may see them is decided before they are asked. */
export interface FlowPages {
  readonly fetch: (request: Request) => Promise<Response>;
  /** Ends what is open. */
  close(): Promise<void>;
}

/** Makes the page of flows, with its script, its stream of views, and the files in which a flow can be taken along. */
export function createFlowPages({
  watch,
  recorder,
  skipped,
  clock,
  milliseconds,
  documentOf,
  pace,
}: FlowPagesOptions): FlowPages {
  const watched: Watched = { watch, skipped, piecesOf: piecesOf(watch, documentOf) };
  const stream = createViewStream(
    { recorder, milliseconds, subscribe: (listener) => watch.subscribe(listener) },
    pace,
  );
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  });
  app.get('/flows', (context) => {
    const { origin, searchParams } = new URL(context.req.url);
    const pieces = viewOf(watched, selectionOf(searchParams));
    context.header('content-security-policy', POLICY);
    return context.html(page({ origin, recorder, version: VERSION, now: clock.now() * 1000, pieces }));
  });
  app.get('/flows/view', (context) => {
    const selection = selectionOf(new URL(context.req.url).searchParams);
    return stream.answer(selection, () => viewOf(watched, selection));
  });
  app.get('/flows/live.js', async (context) => {
    context.header('content-type', 'text/javascript; charset=utf-8');
    return context.body(await readLiveScript());
  });
  app.get('/flows/:file', async (context) => {
    const file = context.req.param('file');
    return (await exportOf(file, (id) => watch.flow(id), documentOf)) ?? context.notFound();
  });
  app.notFound((context) => context.text('There is no such page under /flows.\n', 404));
  return {
    fetch: async (request) => app.fetch(request),
    close: async () => stream.close(),
  };
}

/** Nothing of these pages is kept by anybody, shown in a frame, or told to other sites. */
const HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;
