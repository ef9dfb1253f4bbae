import type { Parameters } from '../../shared/http/body.js';
import type { Services } from '../services.js';
import type { ClientRecord } from '../store/records.js';

/** What a rule about the request looks at. Rules are called only once client and redirect URI are known to be good. */
export interface RuleInput {
  readonly parameters: Parameters;
  readonly client: Pick<ClientRecord, 'metadata'>;
  readonly services: Pick<Services, 'capabilities' | 'config'>;
}
