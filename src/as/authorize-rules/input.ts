import type { Parameters } from '../../shared/http/body.js';
import type { Services } from '../services.js';

/** What a rule about the request looks at. Rules are called only once client and redirect URI are known to be good. */
export interface RuleInput {
  readonly parameters: Parameters;
  readonly services: Pick<Services, 'capabilities' | 'config'>;
}
