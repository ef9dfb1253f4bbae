import { describe, expect, it } from 'vitest';
import { createWatch } from '../../../src/flows/watch/create-watch.js';
import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import type { WatchUpdate } from '../../../src/flows/watch/watched-flow.js';
import { exchangeOf, mark, type Place, type Sketch, wholeFlow } from './exchanges.js';
import { storyOf } from './watched-pair.js';

const at = (port: number, userAgent = 'client/1'): Place => ({ port, userAgent });
const BROWSER = at(40_000, 'browser');

type Step = readonly [Sketch, Place, Partial<RecordedExchange>?];

/** Watches exchanges, one after the other. */
function watched() {
  const watch = createWatch({ maxFlows: 100 });
  const updates: WatchUpdate[] = [];
  watch.subscribe((update) => updates.push(update));
  let number = 0;
  return {
    watch,
    updates,
    add(...steps: readonly Step[]) {
      for (const [sketch, place, more] of steps) {
        number += 1;
        watch.add({ ...exchangeOf(number, sketch, place), ...more });
      }
      return this;
    },
    flows: () => watch.flows().toReversed(),
  };
}

/** All of a flow that registers, each of its requests from the same place, and those of the user from a browser. */
function allOf(name: string, place: Place): readonly Step[] {
  return wholeFlow(name).map((sketch) => [sketch, isUsers(sketch) ? BROWSER : place] as const);
}

function isUsers({ meaning }: Sketch): boolean {
  return meaning === 'authorization-request' || meaning === 'sign-in';
}

const CLIENT_ID = 'client-a';
const TOKEN = mark('token a');

/** The client signs its user in once more, with the client_id that it has. */
function signInAgain(name: string, client_id = CLIENT_ID): readonly Sketch[] {
  const [, , , , authorize, consent, redeem] = wholeFlow(name);
  return [
    { ...authorize!, brought: { ...authorize!.brought, client_id } },
    consent!,
    { ...redeem!, brought: { ...redeem!.brought, client_id } },
  ];
}

const again = (name: string, place: Place): readonly Step[] =>
  signInAgain(name).map((sketch) => [sketch, isUsers(sketch) ? BROWSER : place] as const);

const call = (access_token: string, status = 200): Sketch => ({
  meaning: 'mcp',
  status,
  brought: { access_token },
  mcp: 'tools/call',
});

const LACKS_SCOPE = { facts: { mcp: [{ method: 'tools/call' }], missing_scopes: ['weather:read'] } };

describe('what belongs to a flow', () => {
  it('is its step-up too: the sign-in for more scope, and the call with the new token', () => {
    const { flows } = watched().add(
      ...allOf('a', at(1)),
      [call(TOKEN, 403), at(1), LACKS_SCOPE],
      ...again('b', at(2)),
      [call(mark('token b')), at(3)],
    );
    expect(flows()).toHaveLength(1);
    expect(storyOf(flows()[0]!).slice(-5)).toEqual([
      'mcp-call: mcp 403',
      'step-up: authorization-request 200',
      'step-up: sign-in 303',
      'step-up: token-request 200',
      'mcp-call: mcp 200',
    ]);
  });

  it('is no sign-in that comes after the step-up is over', () => {
    const { flows } = watched().add(
      ...allOf('a', at(1)),
      [call(TOKEN, 403), at(1), LACKS_SCOPE],
      ...again('b', at(2)),
      [call(mark('token b')), at(3)],
      ...again('c', at(4)),
    );
    expect(flows()).toHaveLength(2);
    expect(storyOf(flows()[1]!)[0]).toBe('authorization: authorization-request 200');
  });

  it('is nothing that begins anew by the same connection after the flow has completed', () => {
    const { flows } = watched().add(...allOf('a', at(1)), [{ meaning: 'mcp', status: 401 }, at(1)]);
    expect(flows().map(({ outcome }) => outcome)).toEqual(['completed', undefined]);
  });

  it('is what its client asks of the wrong server, by a connection of its own', () => {
    const { flows } = watched().add(
      [{ meaning: 'mcp', status: 401 }, at(1, 'first/1')],
      [{ meaning: 'mcp', status: 401 }, at(2, 'second/1')],
      [{ meaning: 'misdirected', status: 404 }, at(3, 'second/1'), { to: 'rs' }],
    );
    expect(flows().map(({ exchanges }) => exchanges.length)).toEqual([1, 2]);
    expect(flows()[1]!.exchanges[1]!.linkedBy).toContain('second/1');
  });

  it('is the end of its refresh token, whichever flow is newer', () => {
    const { flows } = watched().add(...allOf('a', at(1)), ...allOf('b', at(2)), [
      // What kind of token it is, only the server knows, so it is written down as an access token.
      { meaning: 'revocation', status: 200, brought: { access_token: mark('refresh a') } },
      at(9),
    ]);
    expect(flows().map((flow) => storyOf(flow).includes('revocation: revocation 200'))).toEqual([
      true,
      false,
    ]);
  });

  it('is what was sent again: the same authorization request is not that of another login', () => {
    const { flows } = watched().add(...allOf('a', at(1)));
    const request = wholeFlow('a')[4]!;
    const before = flows()[0]!.exchanges.length;
    const one = watched().add(...allOf('a', at(1)), [request, BROWSER]);
    expect(one.flows().map(({ exchanges }) => exchanges.length)).toEqual([before + 1]);
  });
});

describe('a lever that is pulled', () => {
  const lever: Sketch = { meaning: 'lever', status: 303, brought: { client_id: CLIENT_ID } };
  const untilSignIn = allOf('a', at(1)).slice(0, 5);

  it('is part of the flow of its client, and of no other', () => {
    const { flows } = watched().add(...allOf('a', at(1)), ...allOf('b', at(2)), [
      lever,
      at(9, 'viewer'),
      { from: 'browser' },
    ]);
    expect(flows().map(({ exchanges }) => exchanges.at(-1)!.exchange.meaning)).toEqual(['lever', 'mcp']);
  });

  it('is no step of the client, and no sign that it is still there', () => {
    const { flows } = watched().add(...untilSignIn);
    const before = flows()[0]!;
    const { flows: after } = watched().add(...untilSignIn, [lever, at(9, 'viewer'), { from: 'browser' }]);
    expect(after()).toHaveLength(1);
    expect(after()[0]).toMatchObject({ lastStep: 'authorization', updatedAt: before.updatedAt });
    expect(after()[0]!.exchanges.at(-1)!.step).toBe('authorization');
  });

  it('does not shorten the time that the user has', () => {
    const { watch, flows } = watched().add(...untilSignIn, [lever, at(9, 'viewer'), { from: 'browser' }]);
    const { updatedAt } = flows()[0]!;
    watch.tick(updatedAt + 299_000);
    expect(flows()[0]!.outcome).toBeUndefined();
    watch.tick(updatedAt + 300_000);
    expect(flows()[0]!.outcome).toBe('failed');
  });

  it('makes nobody a client who acts from the same connection later', () => {
    const { flows } = watched().add(
      ...untilSignIn,
      [lever, at(9, 'viewer'), { from: 'browser' }],
      [{ meaning: 'sign-in', status: 200, brought: { client_id: 'client-b' } }, at(9, 'viewer')],
    );
    expect(flows()[0]!.exchanges).toHaveLength(untilSignIn.length + 1);
  });
});

describe('two flows that turn out to be one', () => {
  const gone = ({ updates }: { readonly updates: readonly WatchUpdate[] }) =>
    updates.flatMap((update) => (update.type === 'flows-joined' ? [update.gone] : []));
  const early: Step = [{ ...call(TOKEN), mcp: 'initialize' }, at(7)];
  const [, , , , ...later] = allOf('a', at(1));

  it('are told of as joined where a token was used before it was seen to be issued', () => {
    const one = watched().add(early, ...later.slice(0, 3));
    expect(gone(one)).toEqual(['f2']);
    expect(one.watch.flow('f2')).toBeUndefined();
    expect(one.flows()).toHaveLength(1);
    expect(one.flows()[0]).toMatchObject({ id: 'f1', clientId: CLIENT_ID });
    expect(storyOf(one.flows()[0]!)).toHaveLength(4);
  });

  it('are found by all that led to either of them', () => {
    const one = watched().add(early, ...later.slice(0, 3), [wholeFlow('a')[4]!, BROWSER]);
    expect(one.flows()).toHaveLength(1);
    expect(storyOf(one.flows()[0]!)).toHaveLength(5);
  });

  it('are one where the browser is on another machine than the client, and the code comes by the connection of the challenge', () => {
    const elsewhere = { peer: { address: '192.0.2.7', port: 40_000 } };
    const [challenge, , , , authorize, consent, redeem] = wholeFlow('a');
    const one = watched().add(
      [challenge!, at(1)],
      [authorize!, BROWSER, elsewhere],
      [consent!, BROWSER, elsewhere],
      [redeem!, at(1)],
    );
    expect(gone(one)).toEqual(['f2']);
    expect(storyOf(one.flows()[0]!)[0]).toBe('challenge: mcp 401');
  });

  it('stay two where the token that is issued was used by nobody', () => {
    const other: Step = [{ ...call(mark('token z')), mcp: 'initialize' }, at(7)];
    const one = watched().add(other, ...later.slice(0, 3));
    expect(gone(one)).toEqual([]);
    expect(one.flows()).toHaveLength(2);
  });
});
