import type { RecordedExchange } from '../record/recorded-exchange.js';
import { isDiscovering, type Attempt } from './attempt.js';
import { agentOf, originOf, type Origin } from './origin.js';
import { isRefused } from './traits.js';

/** By what an attempt is found. Each begins with a word of its own, so that no value from outside is taken for another. */
export const KEY = {
  accessToken: (value: string) => `access-token ${value}`,
  refreshToken: (value: string) => `refresh-token ${value}`,
  code: (value: string) => `code ${value}`,
  session: (value: string) => `session ${value}`,
  page: (value: string) => `page ${value}`,
  /** of an authorization request: all that tells it from another */
  request: (clientId: string, state: string, challenge: string) =>
    `request ${JSON.stringify([clientId, state, challenge])}`,
  state: (clientId: string, state: string) => `state ${JSON.stringify([clientId, state])}`,
  connection: (value: string) => `connection ${value}`,
  /** the newest attempt with this client_id */
  client: (value: string) => `client ${value}`,
  /** the newest attempt from there */
  newest: (origin: Pick<Origin, 'address' | 'userAgent'>) => `newest ${origin.address} ${agentOf(origin)}`,
} as const;

/** What attempts wait for, as far as it is not theirs alone. */
export const WAIT = {
  step: (step: string, origin: Pick<Origin, 'address' | 'userAgent'>) =>
    `${step} from ${origin.address} ${agentOf(origin)}`,
  /** whatever the user agent is */
  stepOf: (step: string, { address }: Pick<Origin, 'address'>) => `${step} of ${address}`,
  client: (step: string, clientId: string) => `${step} by ${clientId}`,
} as const;

/** The key of an authorization request; undefined where it has nothing of its own. */
export function requestKey({ brought }: RecordedExchange): string | undefined {
  const { client_id, state, code_challenge } = brought;
  if (client_id === undefined || (state === undefined && code_challenge === undefined)) return undefined;
  return KEY.request(client_id, state ?? '', code_challenge ?? '');
}

/** What an exchange gave out, and where it came from: that is the attempt's, whoever's it was before. */
export function givenKeys(exchange: RecordedExchange): readonly string[] {
  const { brought, gave, meaning, from } = exchange;
  const { connection } = originOf(exchange);
  const refused = isRefused(exchange);
  const token = meaning === 'token-request' && !refused;
  const page = meaning === 'authorization-request' || meaning === 'sign-in';
  return [
    keyOf(KEY.connection, from === 'rs' || meaning === 'lever' ? undefined : connection),
    keyOf(KEY.page, page ? gave.interaction : undefined),
    keyOf(KEY.code, page ? gave.code : undefined),
    keyOf(KEY.accessToken, token ? (gave.access_token ?? brought.access_token) : undefined),
    keyOf(KEY.refreshToken, token ? gave.refresh_token : undefined),
    keyOf(KEY.session, meaning === 'mcp' && !refused ? gave.session : undefined),
  ].filter((key) => key !== undefined);
}

/** What an exchange brought along: that is the attempt's where it is nobody else's, since anybody may show anything. */
export function shownKeys(exchange: RecordedExchange): readonly string[] {
  const { brought, meaning } = exchange;
  const { client_id, state } = brought;
  const authorizes = meaning === 'authorization-request';
  const token = meaning === 'token-request';
  const stated = authorizes && client_id !== undefined && state !== undefined;
  return [
    authorizes ? requestKey(exchange) : undefined,
    stated ? KEY.state(client_id, state) : undefined,
    keyOf(KEY.code, token ? brought.code : undefined),
    keyOf(KEY.refreshToken, token ? brought.refresh_token : undefined),
    keyOf(KEY.accessToken, meaning === 'mcp' ? brought.access_token : undefined),
    keyOf(KEY.session, meaning === 'mcp' && !isRefused(exchange) ? brought.session : undefined),
  ].filter((key) => key !== undefined);
}

function keyOf(key: (value: string) => string, value: string | undefined): string | undefined {
  return value === undefined ? undefined : key(value);
}

/** What an attempt waits for now. */
export function waitsOf(attempt: Attempt): readonly string[] {
  return [...byOrigin(attempt), ...byClient(attempt)];
}

function byOrigin(attempt: Attempt): readonly string[] {
  const { origin, had, clientId, outcome, refusal, bearerRefused } = attempt;
  if (origin === undefined) return [];
  const waits: string[] = [];
  const lacking = (['resource-metadata', 'authorization-server-metadata'] as const).filter(
    (step) => !had.has(step),
  );
  if (isDiscovering(attempt)) {
    if (clientId === undefined) {
      waits.push(...lacking.map((step) => WAIT.step(step, origin)));
      waits.push(WAIT.step('registration', origin), WAIT.stepOf('registration', origin));
      waits.push(WAIT.stepOf('authorization', origin), WAIT.step('token', origin));
    } else {
      waits.push(...lacking.map((step) => WAIT.step(`late ${step}`, origin)));
    }
  } else if (outcome === undefined) {
    waits.push(...lacking.map((step) => WAIT.step(`late ${step}`, origin)));
  }
  if (outcome === undefined && !had.has('challenge')) waits.push(WAIT.step('late challenge', origin));
  if (isDiscovering(attempt) && bearerRefused && clientId === undefined)
    waits.push(WAIT.step('refresh', origin), WAIT.stepOf('refresh', origin));
  if (refusal !== undefined) waits.push(WAIT.step('next', origin), WAIT.stepOf('next', origin));
  return waits;
}

function byClient({ clientId, had, outcome, stepUp }: Attempt): readonly string[] {
  if (clientId === undefined) return [];
  const waits: string[] = [];
  if (stepUp || (outcome === undefined && !had.has('authorization')))
    waits.push(WAIT.client('authorization', clientId));
  if (outcome !== undefined) return waits;
  if (had.has('authorization') && !had.has('code')) waits.push(WAIT.client('code', clientId));
  if (had.has('authorization') && !had.has('token')) waits.push(WAIT.client('token', clientId));
  if (!had.has('accepted')) waits.push(WAIT.client('use', clientId));
  return waits;
}
