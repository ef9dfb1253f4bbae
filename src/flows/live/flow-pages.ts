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
import type { Viewer } from './viewers.js';
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
  readonly levers: Watched['levers'];
  readonly documentOf: (flow: WatchedFlow) => FlowDocument;
  /** how fast views follow each other, where it is not to be as usual */
  readonly pace?: Pace;
}

/** The pages under `/flows`, of whichever watched server. Who may see them is decided before they are asked. */
export interface FlowPages {
  readonly fetch: (request: Request, viewer: Viewer) => Promise<Response>;
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
  levers,
  documentOf,
  pace,
}: FlowPagesOptions): FlowPages {
  const watched: Watched = { watch, skipped, levers, piecesOf: piecesOf(watch, documentOf) };
  const stream = createViewStream(
    { recorder, milliseconds, subscribe: (listener) => watch.subscribe(listener) },
    pace,
  );
  const app = new Hono<{ Bindings: { readonly viewer: Viewer } }>();
  app.get('/flows', async (context) => {
    const { origin, searchParams } = new URL(context.req.url);
    const { viewer } = context.env;
    const pieces = await viewOf(watched, selectionOf(searchParams), viewer);
    context.header('content-security-policy', POLICY);
    return context.html(
      page({ origin, recorder, version: VERSION, now: clock.now() * 1000, pieces, viewer }),
    );
  });
  app.get('/flows/view', (context) => {
    const selection = selectionOf(new URL(context.req.url).searchParams);
    return stream.answer(selection, () => viewOf(watched, selection, context.env.viewer));
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
    fetch: async (request, viewer) => {
      if (request.method !== 'HEAD') return app.fetch(request, { viewer });
      const response = await app.fetch(new Request(request.url, { headers: request.headers }), { viewer });
      // Nobody would ever read a stream, and so nobody would end it.
      await response.body?.cancel();
      return new Response(null, response);
    },
    close: async () => stream.close(),
  };
}
