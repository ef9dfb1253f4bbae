import { describe, expect, it } from 'vitest';
import { createWatch } from '../../../src/flows/watch/create-watch.js';
import type { RecordedExchange } from '../../../src/flows/record/recorded-exchange.js';
import { exchangeOf, mark, type Place, type Sketch, wholeFlow } from './exchanges.js';

const PAGE = 'http://localhost:6274';
const NODE: Place = { port: 10, userAgent: 'node' };

/** Watches exchanges, in that order, each of which may ask as a page of another origin would. */
function watched(exchanges: readonly (readonly [Sketch, Place, ('as a page' | 'as itself')?])[]) {
  const watch = createWatch({ maxFlows: 100 });
  exchanges.forEach(([sketch, place, as], index) => {
    const exchange = exchangeOf(index + 1, sketch, place);
    watch.add(as === 'as a page' ? withOrigin(exchange) : exchange);
  });
  return watch.flows().toReversed();
}

function withOrigin(exchange: RecordedExchange): RecordedExchange {
  const { request, response } = exchange;
  return {
    ...exchange,
    request: { ...request, headers: { ...request.headers, origin: PAGE } },
    response: response && { ...response, headers: { 'access-control-allow-origin': PAGE } },
  };
}

const PREFLIGHT: Sketch = { meaning: 'preflight', status: 204, method: 'OPTIONS' };
const LOOK = [
  PREFLIGHT,
  { meaning: 'authorization-server-metadata', status: 200, method: 'GET' },
  { meaning: 'mcp', status: 401 },
] as const satisfies readonly Sketch[];

describe('a look at what a page would be allowed', () => {
  it('is part of the flow whose program has done its work, and begins none', () => {
    const flows = watched([
      ...wholeFlow('a').map((sketch) => [sketch, NODE] as const),
      ...LOOK.map((sketch) => [sketch, { ...NODE, port: 20 }, 'as a page'] as const),
    ]);
    expect(flows).toHaveLength(1);
    expect(flows[0]!.exchanges).toHaveLength(wholeFlow('a').length + LOOK.length);
    expect(flows[0]!.outcome).toBe('completed');
  });

  it('finds nothing wrong where no page may ask for what is for the browser itself', () => {
    const atAuthorize = withOrigin(exchangeOf(99, { ...PREFLIGHT, status: 405 }, NODE));
    const url = 'http://localhost:9000/authorize';
    const refused = { ...atAuthorize, to: 'as' as const, request: { ...atAuthorize.request, url } };
    const atToken = { ...refused, request: { ...refused.request, url: 'http://localhost:9000/token' } };
    const foundWith = (exchange: RecordedExchange) => {
      const watch = createWatch({ maxFlows: 100 });
      wholeFlow('a').forEach((sketch, index) => watch.add(exchangeOf(index + 1, sketch, NODE)));
      watch.add(exchange);
      return watch.flows()[0]!.findings.map(({ id }) => id);
    };
    expect(foundWith(refused)).not.toContain('cors-preflight-refused');
    expect(foundWith(atToken)).toContain('cors-preflight-refused');
  });

  it('is a flow of its own where pages are what the program is', () => {
    const page: Place = { port: 30, userAgent: 'Mozilla/5.0' };
    const flows = watched([
      ...wholeFlow('a').map((sketch) => [sketch, page, 'as a page'] as const),
      ...LOOK.map((sketch) => [sketch, { ...page, port: 31 }, 'as a page'] as const),
    ]);
    expect(flows).toHaveLength(2);
  });
});

describe('a page whose request the browser does not send, since its preflight was refused', () => {
  it('is told so in the flow that it has begun', () => {
    const page: Place = { port: 30, userAgent: 'Mozilla/5.0' };
    const flows = watched([
      [wholeFlow('a')[0]!, page, 'as a page'],
      [
        { ...PREFLIGHT, status: 403 },
        { ...page, port: 31 },
      ],
    ]);
    expect(flows).toHaveLength(1);
    expect(flows[0]!.findings.map(({ id }) => id)).toContain('cors-preflight-refused');
  });
});

describe('clients behind a reverse proxy', () => {
  it('are told apart by their user agents, though they come by one connection', () => {
    const [one, other] = ['One/1', 'Other/2'].map((userAgent) => ({ port: 40, userAgent }));
    const [first, second] = [wholeFlow('a'), wholeFlow('b')];
    const flows = watched(
      first.flatMap((sketch, index) => [[sketch, one!] as const, [second[index]!, other!] as const]),
    );
    expect(flows.map(({ clientId, exchanges }) => [clientId, exchanges.length])).toEqual([
      ['client-a', first.length],
      ['client-b', second.length],
    ]);
  });
});

describe('a token that was good before', () => {
  it('and is refused since its server forgot it, is not called refused after a fresh login', () => {
    const refused: Sketch = { meaning: 'mcp', status: 401, brought: { access_token: mark('token a') } };
    const used = watched([...wholeFlow('a'), refused].map((sketch) => [sketch, NODE] as const));
    expect(used[0]!.findings.map(({ id }) => id)).not.toContain('token-rejected-after-fresh-login');
    const unused = watched(
      [...wholeFlow('a').slice(0, -2), refused].map((sketch) => [sketch, NODE] as const),
    );
    expect(unused[0]!.findings.map(({ id }) => id)).toContain('token-rejected-after-fresh-login');
  });
});
