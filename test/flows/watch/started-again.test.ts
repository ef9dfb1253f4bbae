import { describe, expect, it } from 'vitest';
import { createWatch } from '../../../src/flows/watch/create-watch.js';
import { exchangeOf, mark, type Place, type Sketch, wholeFlow } from './exchanges.js';

const CHALLENGE: Sketch = { meaning: 'mcp', status: 401 };
const RESOURCE_METADATA: Sketch = { meaning: 'resource-metadata', status: 200, method: 'GET' };
const SERVER_METADATA: Sketch = { meaning: 'authorization-server-metadata', status: 200, method: 'GET' };
const TOKEN = mark('token a');

/** Watches exchanges, in that order. */
function watched(exchanges: readonly (readonly [Sketch, Place])[]) {
  const watch = createWatch({ maxFlows: 100 });
  exchanges.forEach(([sketch, place], index) => watch.add(exchangeOf(index + 1, sketch, place)));
  return watch.flows().toReversed();
}

const at = (port: number, userAgent = 'node'): Place => ({ port, userAgent });
const from = (place: Place) => (sketch: Sketch) => [sketch, place] as const;
const uses = (mcp: string, token = TOKEN): Sketch => ({
  meaning: 'mcp',
  status: 200,
  brought: { access_token: token },
  mcp,
});

/** What mcp-remote 0.15.1 does when it is started with a token that it kept: two of its libraries make the requests. */
const MCP_REMOTE_AGAIN = [
  [CHALLENGE, at(20, 'undici')],
  [RESOURCE_METADATA, at(21)],
  [SERVER_METADATA, at(22)],
  [uses('initialize'), at(20, 'undici')],
  [uses('tools/call'), at(23, 'undici')],
] as const;

describe('a client that is started again', () => {
  it('is the same flow where it looks around without its token before it uses that, over one connection', () => {
    const flows = watched([
      ...wholeFlow('a').map(from(at(10, 'undici'))),
      ...MCP_REMOTE_AGAIN,
      ...MCP_REMOTE_AGAIN,
    ]);
    expect(flows).toHaveLength(1);
    expect(flows[0]!.exchanges).toHaveLength(wholeFlow('a').length + 2 * MCP_REMOTE_AGAIN.length);
    const [alone] = watched(wholeFlow('a').map(from(at(10, 'undici'))));
    expect(flows[0]!.findings.map(({ id }) => id)).toEqual(alone!.findings.map(({ id }) => id));
  });

  it('is not taken for another that looks around by the connections of the same process', () => {
    const [challenge, ...rest] = wholeFlow('b');
    const flows = watched([
      ...wholeFlow('a').map(from(at(10))),
      from(at(11))(challenge!),
      // Not a greeting, so it does not begin again.
      from(at(11))(uses('tools/list')),
      ...rest.map(from(at(12))),
    ]);
    expect(flows.map(({ exchanges }) => exchanges.length)).toEqual([
      wholeFlow('a').length + 1,
      wholeFlow('b').length,
    ]);
  });

  it('is not taken for another whose first greeting comes by the connection of a third', () => {
    const first = wholeFlow('a').filter(({ meaning, status }) => meaning !== 'mcp' || status === 401);
    const flows = watched([
      ...first.map(from(at(10))),
      from(at(11))(CHALLENGE),
      from(at(11))(uses('initialize')),
    ]);
    expect(flows).toHaveLength(2);
  });

  it('is one flow where a token of before is refused and then refreshed, whatever was seen of it before', () => {
    const refused: Sketch = { meaning: 'mcp', status: 401, brought: { access_token: mark('old') } };
    const refresh: Sketch = {
      meaning: 'token-request',
      status: 200,
      brought: { client_id: 'client-a', refresh_token: mark('refresh a') },
      gave: { access_token: mark('new'), refresh_token: mark('refresh new') },
    };
    const again = [
      [refused, at(30)],
      [RESOURCE_METADATA, at(30)],
      [SERVER_METADATA, at(31)],
      [refresh, at(31)],
      [uses('tools/list', mark('new')), at(32)],
    ] as const;
    const unseen = watched(again);
    expect(unseen).toHaveLength(1);
    expect(unseen[0]).toMatchObject({ outcome: 'completed', follows: undefined });
    expect(unseen[0]!.exchanges).toHaveLength(again.length);
    const seen = watched([...wholeFlow('a').map(from(at(10))), ...again]);
    expect(seen).toHaveLength(1);
    expect(seen[0]!.exchanges).toHaveLength(wholeFlow('a').length + again.length);
  });
});

describe('a browser that comes to sign in for a client that was not seen to register', () => {
  const authorize = (redirect_uri: string): Sketch => ({
    meaning: 'authorization-request',
    status: 200,
    method: 'GET',
    brought: { client_id: 'preset', state: 's', code_challenge: 'c', redirect_uri },
  });
  const looksAround = (place: Place, later: number) =>
    [CHALLENGE, RESOURCE_METADATA, SERVER_METADATA].map((sketch) => [sketch, place, later] as const);

  function watchedAt(exchanges: readonly (readonly [Sketch, Place, number])[]) {
    const watch = createWatch({ maxFlows: 100 });
    exchanges.forEach(([sketch, place, later], index) => {
      const exchange = exchangeOf(index + 1, sketch, place);
      watch.add({ ...exchange, at: exchange.at + later });
    });
    return watch.flows().toReversed();
  }

  it('belongs to the client that was at work just now, and not to one that has been quiet for long', () => {
    const flows = watchedAt([
      ...looksAround(at(10), 0),
      ...looksAround(at(11), 20_000),
      [authorize('http://127.0.0.1:6276/oauth/callback'), at(12), 20_000],
    ]);
    expect(flows.map(({ clientId }) => clientId)).toEqual([undefined, 'preset']);
  });

  it('belongs to the program that its redirect URI names, though others have waited longer', () => {
    const flows = watchedAt([
      ...looksAround(at(10, 'Visual Studio Code/1.139.1'), 0),
      ...looksAround(at(11), 0),
      [authorize('http://127.0.0.1:6276/oauth/callback'), at(12), 0],
    ]);
    expect(flows.map(({ clientId }) => clientId)).toEqual([undefined, 'preset']);
  });
});
