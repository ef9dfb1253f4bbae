import { createRecorder, type Recorder } from '../../../src/flows/record/recorder.js';
import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import type { WebApp } from '../../../src/shared/http/fetch.js';
import { systemRandom } from '../../../src/shared/random.js';

/** An app of one function, recorded, and a clock that moves only when it is told to. */
export function watchedApp(answer: (request: Request, recorder: Recorder) => Response | Promise<Response>) {
  const exchanges: RecordedExchange[] = [];
  let milliseconds = 0;
  const recorder = createRecorder({
    clock: { now: () => 1_795_000_000 },
    random: systemRandom,
    milliseconds: () => milliseconds,
    describe: ({ kind }) => kind,
    onExchange: (exchange) => exchanges.push(exchange),
  });
  const app: WebApp = {
    fetch: async (request) => answer(request, recorder),
    close: async () => undefined,
  };
  const watched = recorder.watch(app, () => ({ server: 'rs', resource: 'http://localhost:8001/mcp' }));
  return {
    exchanges,
    recorder,
    send: (init?: RequestInit, path = '/mcp') =>
      watched.fetch(new Request(`http://localhost:8001${path}`, init)),
    wait: (more: number) => void (milliseconds += more),
  };
}
