import type { Parameters } from '../../shared/http/body.js';
import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';
import type { TokenResponse } from '../tokens/issue.js';

/** One grant type: turns what an authenticated client presents into tokens. */
export type GrantHandler = (
  services: Services,
  client: ClientRecord,
  parameters: Parameters,
) => Promise<TokenResponse>;
