import { systemClock } from '../shared/clock.js';
import type { EventSink } from '../shared/events/events.js';
import { type AuthorizationServer, createAuthorizationServer } from './app.js';
import type { AuthorizationServerOptions } from './config/options.js';
import type { AuthorizationServerDeps } from './create-services.js';
import { observedStore, type StoreObserver } from './store/observed-store.js';
import type { OpenedStore } from './store/open-store.js';
import { tellStoreWarnings } from './store/store-warnings.js';

/** What a server of a process of its own is started with. */
export interface StartDeps extends Pick<AuthorizationServerDeps, 'fetchDocument'> {
  readonly store: OpenedStore;
  /** is told of each operation of the store, unless it is undefined */
  readonly onStoreOperation: StoreObserver | undefined;
  readonly onEvent: EventSink;
  /** monotonic */
  readonly milliseconds: () => number;
}

/**
 * Makes an authorization server on an opened store, and tells what is to be known of that. When this is over it can serve.
 *
 * @throws ConfigurationError for options that no server can have, and for a store whose signing keys it cannot open
 */
export async function startAuthorizationServer(
  options: AuthorizationServerOptions,
  { store, onStoreOperation, onEvent, ...deps }: StartDeps,
): Promise<AuthorizationServer> {
  tellStoreWarnings(store, systemClock, onEvent);
  const source = observedStore(store.source, onStoreOperation, deps.milliseconds);
  const app = createAuthorizationServer(options, { ...deps, store: source, onEvent });
  await app.ready();
  return app;
}
