import type { RefusalReason } from '../../shared/oauth/errors.js';
import type { Peer } from '../../shared/http/peer.js';
import type { Context } from 'hono';

/** What the front and the endpoints tell each other about one request. */
export interface AppEnv {
  readonly Bindings: {
    /** who sent the request, where that is known */
    readonly peer?: Peer | undefined;
  };
  readonly Variables: {
    /** whether errors of this endpoint are shown to a person or read by a program */
    answers?: 'page' | 'json';
    /** stable reason code of a refusal that was answered and not thrown */
    reason?: RefusalReason;
    /** true once the endpoint itself has told of the refusal that it throws */
    told?: boolean;
  };
}

/** One request, as an endpoint sees it. */
export type AppContext = Context<AppEnv>;
/** What answers a request. */
export type Endpoint = (c: AppContext) => Response | Promise<Response>;
