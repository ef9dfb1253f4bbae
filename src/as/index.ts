/** The authorization server, for programs that want one of their own. */
export { type AuthorizationServer, createAuthorizationServer } from './app.js';
export { startAuthorizationServer, type StartDeps } from './start.js';
export { type AuthorizationServerDeps } from './create-services.js';
export { checkAuthorizationServerOptions } from './config/index.js';
export { type AuthorizationServerOptions } from './config/options.js';
export { parsePresetClients, type PresetClient } from './clients/presets.js';
export { DEMO_USERNAME, parseUsers, type User } from './owner/users.js';
export { createMemoryStore } from './store/memory.js';
export { type StoreObserver, type StoreOperation } from './store/observed-store.js';
export { openStore, type OpenedStore, type StoreOptions, type StoreSource } from './store/open-store.js';
export { type Index, NEVER, type Store, StoreFullError, StoreUnavailableError } from './store/store.js';
export {
  INDEXED,
  type Kind,
  type ListedKind,
  type Records,
  TRIMMED,
  type TrimmedKind,
} from './store/records.js';
export {
  type ClientLever,
  type ClientLevers,
  type LeverResult,
  type LeverTexts,
  type OfferedLever,
} from '../shared/oauth/client-levers.js';
export { ConfigurationError } from '../shared/configuration-error.js';
export { type WebApp } from '../shared/http/fetch.js';
export { type Peer } from '../shared/http/peer.js';
export {
  DocumentFetchError,
  type DocumentFetchFault,
  type DocumentRequest,
  type DocumentResponse,
  type FetchDocument,
} from '../shared/http/document.js';
