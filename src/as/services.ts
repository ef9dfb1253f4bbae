import type { Clock } from '../shared/clock.js';
import type { Emit } from '../shared/events/emitter.js';
import type { Random } from '../shared/random.js';
import type { Capabilities } from './capabilities.js';
import type { AuthorizationServerConfig } from './config/index.js';
import type { DocumentReader } from './documents/document-reader.js';
import type { SigningKeys } from './keys/signing-keys.js';
import type { Limits } from './limits/limits.js';
import type { Users } from './owner/users.js';
import type { ClientRecord } from './store/records.js';
import type { Caps } from './store/caps.js';
import type { Store } from './store/store.js';
import type { AccessTokenFormat } from './tokens/access-token-format.js';

/** What the endpoints work with: one object, made when the server is created. */
export interface Services {
  readonly config: AuthorizationServerConfig;
  readonly capabilities: Capabilities;
  readonly store: Store;
  readonly caps: Caps;
  readonly clock: Clock;
  readonly random: Random;
  /** monotonic; for durations */
  readonly milliseconds: () => number;
  readonly emit: Emit;
  readonly users: Users;
  readonly limits: Limits;
  readonly accessTokens: AccessTokenFormat;
  /** absent where tokens are opaque */
  readonly signingKeys?: SigningKeys;
  /** absent where there is no way to fetch documents */
  readonly documents?: DocumentReader;
  readonly presets: ReadonlyMap<string, ClientRecord>;
  /** fires when this server is about to stop */
  readonly stopping: AbortSignal;
}
