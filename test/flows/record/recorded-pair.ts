import { type AuthorizationServerOptions, createAuthorizationServer } from '../../../src/as/index.js';
import { placesIn } from '../../../src/flows/record/places.js';
import { createRecorder } from '../../../src/flows/record/recorder.js';
import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import { createResourceServer, type ResourceServerOptions } from '../../../src/rs/index.js';
import { type Fetch, networkOf, type WebApp } from '../../../src/shared/http/fetch.js';
import type { Peer } from '../../../src/shared/http/peer.js';
import { systemRandom } from '../../../src/shared/random.js';
import { documentHost } from '../../as/document-host.js';

export const ISSUER = 'http://localhost:9000';
export const RESOURCE = 'http://localhost:8001/mcp';

/** Our pair in this process, recorded: what is sent over `fetch` ends up in `exchanges`. */
export function recordedPair(
  as: Partial<AuthorizationServerOptions> = {},
  rs: Partial<ResourceServerOptions> = {},
  { fetchDocument }: Pick<ReturnType<typeof documentHost>, 'fetchDocument'> = documentHost(),
) {
  const exchanges: RecordedExchange[] = [];
  const listeners: ((exchange: RecordedExchange) => void)[] = [];
  let seconds = 1_795_000_000;
  const clock = { now: () => seconds };
  const recorder = createRecorder({
    clock,
    random: systemRandom,
    milliseconds: () => performance.now(),
    describe: ({ kind }) => kind,
    onExchange(exchange) {
      exchanges.push(exchange);
      listeners.forEach((listener) => listener(exchange));
    },
  });
  const authorizationServer = createAuthorizationServer(
    { issuer: ISSUER, demoMode: true, resources: [RESOURCE], clients: [{ client_id: 'demo-preset' }], ...as },
    { fetchDocument, clock, onEvent: recorder.sink },
  );
  const watchedAs = recorder.watch(authorizationServer, () => placesIn('as', authorizationServer.metadata));
  const resourceServer = createResourceServer(
    { resource: RESOURCE, authServers: [{ issuer: ISSUER }], demoMode: true, oauthStrict: true, ...rs },
    { fetch: networkOf({ [ISSUER]: watchedAs }), clock, onEvent: recorder.sink },
  );
  const watchedRs = recorder.watch(resourceServer, () => ({ server: 'rs', resource: RESOURCE }));
  const apps = { [ISSUER]: watchedAs, 'http://localhost:8001': watchedRs };
  return {
    exchanges,
    recorder,
    fetch: networkOf(apps),
    /** the network as one client sees it, whose requests come by a connection of its own */
    fetchFrom: (peer: Peer): Fetch => networkOf(withPeer(apps, peer)),
    onExchange: (listener: (exchange: RecordedExchange) => void) => void listeners.push(listener),
    wait: (more: number) => void (seconds += more),
  };
}

function withPeer(
  apps: Readonly<Record<string, WebApp>>,
  peer: Peer,
): Readonly<Record<string, Pick<WebApp, 'fetch'>>> {
  return Object.fromEntries(
    Object.entries(apps).map(([origin, app]) => [
      origin,
      { fetch: (request: Request) => app.fetch(request, peer) },
    ]),
  );
}
