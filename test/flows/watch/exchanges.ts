import { createHash } from 'node:crypto';
import type { ExchangeLinks, RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';

const ISSUER = 'http://localhost:9000';
const RESOURCE = 'http://localhost:8001/mcp';

/** What matters of an exchange here; the rest is as it mostly is. */
export interface Sketch extends Pick<RecordedExchange, 'meaning'> {
  readonly status: number;
  readonly brought?: ExchangeLinks;
  readonly gave?: ExchangeLinks;
  readonly method?: string;
  readonly mcp?: string;
}

/** Where a client is. */
export interface Place {
  readonly port: number;
  readonly userAgent: string;
}

const ENDPOINT: Readonly<Partial<Record<RecordedExchange['meaning'], string>>> = {
  mcp: RESOURCE,
  'resource-metadata': 'http://localhost:8001/.well-known/oauth-protected-resource/mcp',
  'authorization-server-metadata': `${ISSUER}/.well-known/oauth-authorization-server`,
  registration: `${ISSUER}/register`,
  'authorization-request': `${ISSUER}/authorize`,
  'sign-in': `${ISSUER}/consent`,
  'token-request': `${ISSUER}/token`,
};

/** The fingerprint of a secret that only the test knows. */
export function mark(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 8);
}

/** An exchange as a recorder writes it down. */
export function exchangeOf(
  number: number,
  { meaning, status, brought = {}, gave = {}, method = 'POST', mcp }: Sketch,
  { port, userAgent }: Place,
): RecordedExchange {
  const isFromBrowser = meaning === 'authorization-request' || meaning === 'sign-in';
  return {
    recorder: 'test',
    number,
    to: meaning === 'mcp' || meaning === 'resource-metadata' ? 'rs' : 'as',
    from: isFromBrowser ? 'browser' : 'client',
    observed_by: 'as',
    meaning,
    at: 1_795_000_000_000 + number * 10,
    milliseconds: 1,
    request: {
      method,
      url: ENDPOINT[meaning] ?? ISSUER,
      headers: { 'user-agent': isFromBrowser ? 'browser' : userAgent },
      body: null,
    },
    response: { status, headers: {}, body: null, truncated: false },
    error: null,
    reason_code: null,
    brought,
    gave,
    facts: mcp === undefined ? {} : { mcp: [{ method: mcp }] },
    said: [],
    peer: { address: '127.0.0.1', port },
  };
}

/** What a client does that registers, from the challenge to a call; `name` makes its values its own. */
export function wholeFlow(name: string): readonly Sketch[] {
  const client_id = `client-${name}`;
  const token = mark(`token ${name}`);
  const code = mark(`code ${name}`);
  const state = `state-${name}`;
  const session = mark(`session ${name}`);
  return [
    { meaning: 'mcp', status: 401 },
    { meaning: 'resource-metadata', status: 200, method: 'GET' },
    { meaning: 'authorization-server-metadata', status: 200, method: 'GET' },
    { meaning: 'registration', status: 201, gave: { client_id } },
    {
      meaning: 'authorization-request',
      status: 200,
      method: 'GET',
      brought: { client_id, state, code_challenge: `challenge-${name}` },
      gave: { interaction: mark(`page ${name}`) },
    },
    {
      meaning: 'sign-in',
      status: 303,
      brought: { interaction: mark(`page ${name}`) },
      gave: { code, state },
    },
    {
      meaning: 'token-request',
      status: 200,
      brought: { client_id, code },
      gave: { access_token: token, refresh_token: mark(`refresh ${name}`) },
    },
    {
      meaning: 'mcp',
      status: 200,
      brought: { access_token: token },
      gave: { session },
      mcp: 'initialize',
    },
    { meaning: 'mcp', status: 200, brought: { access_token: token, session }, mcp: 'tools/list' },
  ];
}
