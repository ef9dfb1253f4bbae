import type { Clock } from '../../shared/clock.js';
import type { Peer } from '../../shared/http/peer.js';
import type { ClientLevers } from '../../shared/oauth/client-levers.js';
import type { Random } from '../../shared/random.js';
import type { Ticker } from '../../shared/ticker.js';
import type { ExchangeLog } from '../record/exchange-log.js';
import type { ServerPlaces } from '../record/places.js';
import type { Watch } from '../watch/watch.js';

/** The server under whose origin the pages are. */
export interface LiveSite {
  /** where it is; `issuer` or `resource` says who it is */
  readonly places: ServerPlaces;
  /** whether conveniences that only one's own machine may have are on; never for a request from elsewhere */
  readonly demoMode: boolean;
  /** what can be done to clients; undefined where the authorization server is another process */
  readonly levers?: ClientLevers | undefined;
}

/** What is shown under `/flows`, and who may look. `all` has one for both its servers but for the site. */
export interface LiveSource {
  readonly site: LiveSite;
  /** of `--flows-token`: whoever has it may look; undefined if there is none */
  readonly token: string | undefined;
  /** of this process; another one after a restart */
  readonly recorder: string;
  readonly log: Pick<ExchangeLog, 'kept' | 'subscribe'>;
  readonly watch: Watch;
  /** how many exchanges were served and, since there were too many, not written down */
  readonly skipped: () => number;
  readonly clock: Clock;
  /** since any fixed moment */
  readonly milliseconds: () => number;
  readonly random: Random;
  readonly ticker: Ticker;
}

/** What is served under `/flows`. */
export interface LivePages {
  /** @returns undefined where there is nothing for whoever asks: the server then answers as for any unknown path */
  readonly fetch: (request: Request, peer?: Peer) => Promise<Response | undefined>;
  /** Ends what is open. */
  close(): Promise<void>;
}
