import { type Clock, systemClock } from '../shared/clock.js';
import { ConfigurationError } from '../shared/configuration-error.js';
import { createEmitter } from '../shared/events/emitter.js';
import type { EventSink } from '../shared/events/events.js';
import type { FetchDocument } from '../shared/http/document.js';
import { type Random, systemRandom } from '../shared/random.js';
import { capabilitiesOf } from './capabilities.js';
import { presetRecords } from './clients/presets.js';
import { type AuthorizationServerConfig, parseConfig } from './config/index.js';
import type { AuthorizationServerOptions } from './config/options.js';
import { createDocumentReader } from './documents/document-reader.js';

import { createKeySafe } from './keys/key-safe.js';
import { createSigningKeys } from './keys/signing-keys.js';
import { createLimits, NO_LIMITS } from './limits/limits.js';
import { createUsers } from './owner/users.js';
import type { Services } from './services.js';
import { createCaps } from './store/caps.js';
import { createMemoryStore } from './store/memory.js';
import type { StoreSource } from './store/open-store.js';
import { watchedStore } from './store/watched-store.js';
import { jwtAccessTokens } from './tokens/jwt.js';
import { opaqueAccessTokens } from './tokens/opaque.js';

/** How the authorization server reaches the world; each has a default. */
export interface AuthorizationServerDeps {
  readonly clock?: Clock;
  readonly random?: Random;
  /** monotonic; for durations in what is told of requests. Default: by the clock, to the second */
  readonly milliseconds?: () => number;
  /** default: this process's memory; a function makes an empty one for each epoch */
  readonly store?: StoreSource;
  /**
   * The way out to metadata documents and key sets of clients. Default: none, and with it no Client ID Metadata
   * Documents. It must not connect to an address that is not public.
   */
  readonly fetchDocument?: FetchDocument;
  /** where events go; default: nowhere */
  readonly onEvent?: EventSink;
}

/**
 * Makes what the endpoints work with.
 *
 * @param stopping fires when the server is about to stop
 * @throws ConfigurationError that names the option
 */
export function createServices(
  options: AuthorizationServerOptions,
  deps: AuthorizationServerDeps,
  stopping: AbortSignal,
): Services {
  const config = parseConfig(options);
  const { clock = systemClock, milliseconds = () => clock.now() * 1000 } = deps;
  const { random = systemRandom, onEvent = () => undefined, fetchDocument } = deps;
  if (!fetchDocument) checkFetchesNothing(options, config);
  const emit = createEmitter('as', clock, onEvent);
  const source = deps.store ?? createMemoryStore(clock);
  const store = watchedStore(typeof source === 'function' ? source() : source, emit);
  return {
    config,
    capabilities: capabilitiesOf(config, fetchDocument !== undefined),
    clock,
    random,
    milliseconds,
    store,
    caps: createCaps(store, config.maxRegistrations),
    emit,
    users: createUsers(config.users, random),
    limits: config.rateLimit ? createLimits({ store, clock, emit }) : NO_LIMITS,
    ...(fetchDocument && { documents: createDocumentReader(fetchDocument, { clock, store }) }),
    presets: presetRecords(config.clients, clock.now()),
    stopping,
    ...accessTokensOf({ config, store, clock, random, emit }),
  };
}

/** @throws ConfigurationError for what was asked for and would need a way to fetch documents */
function checkFetchesNothing(
  { registration }: Pick<AuthorizationServerOptions, 'registration'>,
  { clients }: Pick<AuthorizationServerConfig, 'clients'>,
): void {
  if (registration?.includes('cimd')) {
    throw new ConfigurationError('registration', 'cimd needs a way to fetch documents: fetchDocument');
  }
  const unreadable = clients.find(({ jwks_uri }) => jwks_uri !== undefined);
  if (unreadable) {
    throw new ConfigurationError(
      'clients',
      `${unreadable.client_id}: its jwks_uri cannot be read, as there is no fetchDocument; give its keys as jwks`,
    );
  }
}

function accessTokensOf(
  services: Pick<Services, 'config' | 'store' | 'clock' | 'random' | 'emit'>,
): Pick<Services, 'accessTokens' | 'signingKeys'> {
  const { config, random } = services;
  if (config.tokenFormat === 'opaque') return { accessTokens: opaqueAccessTokens(random) };
  const signingKeys = createSigningKeys({
    ...services,
    safe: createKeySafe(config.issuer, config.storeKeys),
  });
  return { accessTokens: jwtAccessTokens(config.issuer, signingKeys), signingKeys };
}
