import { afterEach, describe, expect, it } from 'vitest';
import { type Followed, followServers } from '../../../src/flows/follow/follow-servers.js';
import { createExchangeStream, type ExchangePlace } from '../../../src/flows/live/exchange-stream.js';
import type { Fetch } from '../../../src/shared/http/fetch.js';
import { exchangeSource, tickerByHand } from '../live/exchange-source.js';

const TARGET = 'http://localhost:8001/mcp';
const ISSUER = 'http://localhost:9000';
const RS: ExchangePlace = { server: 'rs', resource: TARGET };
const AS: ExchangePlace = { server: 'as', issuer: ISSUER };

type Source = ReturnType<typeof exchangeSource>;

/** One server of ours, as far as following goes; it can be ended and started anew. */
function server(place: ExchangePlace, first: Source, more: Readonly<Record<string, unknown>> = {}) {
  let stream: ReturnType<typeof createExchangeStream> | undefined;
  const asked: Request[] = [];
  const self = {
    asked,
    start(source: Source) {
      stream = createExchangeStream(source, tickerByHand().every);
    },
    stop() {
      stream?.close();
      stream = undefined;
    },
    async fetch(request: Request): Promise<Response> {
      asked.push(request);
      if (!stream)
        throw new TypeError('fetch failed', {
          cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
        });
      const { pathname } = new URL(request.url);
      if (pathname === '/flows/exchanges') return stream.answer(request, place);
      return pathname in more ? Response.json(more[pathname]) : new Response('', { status: 404 });
    },
  };
  self.start(first);
  return self;
}

const METADATA = {
  '/.well-known/oauth-protected-resource/mcp': { resource: TARGET, authorization_servers: [ISSUER] },
};

const controllers: AbortController[] = [];
afterEach(() => controllers.splice(0).forEach((controller) => controller.abort()));

/** Follows, and waits for what it tells. */
function following(
  servers: Readonly<Record<string, { fetch(request: Request): Promise<Response> }>>,
  { target = TARGET, token }: { target?: string; token?: string } = {},
) {
  const controller = new AbortController();
  controllers.push(controller);
  const told: Followed[] = [];
  const waiting = new Set<() => void>();
  const fetch: Fetch = async (input, init) => {
    const request = new Request(input, init);
    const one = servers[new URL(request.url).origin];
    if (!one)
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ENOTFOUND' }) });
    return one.fetch(request);
  };
  const pauses: number[] = [];
  const ended = followServers(
    target,
    {
      fetch,
      userAgent: 'test/1',
      token,
      every: tickerByHand().every,
      sleep: async (milliseconds) => {
        pauses.push(milliseconds);
        await new Promise((resolve) => setTimeout(resolve, 2));
      },
      signal: controller.signal,
    },
    (followed) => {
      told.push(followed);
      waiting.forEach((look) => look());
    },
  );
  return {
    told,
    pauses,
    ended,
    until: (isIt: (followed: Followed) => boolean) =>
      new Promise<void>((done) => {
        const look = () => told.some(isIt) && (waiting.delete(look), done());
        waiting.add(look);
        look();
      }),
    states: () => told.flatMap((one) => (one.type === 'server' ? [`${one.server.server} ${one.state}`] : [])),
    numbers: () =>
      told.flatMap((one) =>
        one.type === 'exchange'
          ? [`${one.exchange.recorder}:${one.exchange.number}${one.old ? ' old' : ''}`]
          : [],
      ),
  };
}

const isNumber = (number: number) => (one: Followed) =>
  one.type === 'exchange' && one.exchange.number === number;
const isState = (state: string) => (one: Followed) => one.type === 'server' && one.state === state;

describe('following', () => {
  it('finds the authorization server by the metadata, and tells of both processes; what was there before is old', async () => {
    const [rsSource, asSource] = [exchangeSource('rs-1'), exchangeSource('as-1')];
    rsSource.happens(1);
    asSource.happens(1);
    const [rs, as] = [server(RS, rsSource, METADATA), server(AS, asSource)];
    const follow = following({ 'http://localhost:8001': rs, [ISSUER]: as });
    await follow.until(({ type }) => type === 'ready');
    rsSource.happens(2);
    asSource.happens(3);
    await follow.until(isNumber(3));
    expect(follow.states()).toEqual(['rs connected', 'as connected']);
    expect(follow.numbers()).toEqual(['rs-1:1 old', 'as-1:1 old', 'rs-1:2', 'as-1:3']);
    expect(follow.told.filter(({ type }) => type === 'ready')).toHaveLength(1);
    expect(rs.asked.map(({ method }) => method)).not.toContain('POST');
  });

  it('tells once what two servers of one process both tell', async () => {
    const source = exchangeSource('both');
    source.happens(1);
    const servers = { 'http://localhost:8001': server(RS, source, METADATA), [ISSUER]: server(AS, source) };
    const follow = following(servers);
    await follow.until(({ type }) => type === 'ready');
    source.happens(2);
    source.happens(3);
    await follow.until(isNumber(3));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(follow.numbers()).toEqual(['both:1 old', 'both:2', 'both:3']);
  });

  it('waits for a server that is not there yet, says so once, and takes nothing of it for old', async () => {
    const source = exchangeSource('late');
    const rs = server(RS, source, METADATA);
    rs.stop();
    const follow = following({ 'http://localhost:8001': rs, [ISSUER]: server(AS, exchangeSource('as')) });
    await follow.until(({ type }) => type === 'ready');
    while (follow.pauses.length < 8) await new Promise((resolve) => setTimeout(resolve, 5));
    source.happens(1);
    rs.start(source);
    await follow.until(isNumber(1));
    await follow.until((one) => one.type === 'server' && one.server.server === 'as');
    expect(follow.states()).toEqual(['rs lost', 'rs connected', 'as connected']);
    expect(follow.numbers()).toEqual(['late:1']);
    expect(Math.max(...follow.pauses)).toBeLessThanOrEqual(4000);
    expect(follow.pauses.slice(0, 3)).toEqual([500, 1000, 2000]);
  });

  it('goes on after a restart, and says that it was one', async () => {
    const rs = server(RS, exchangeSource('one'), METADATA);
    const follow = following({ 'http://localhost:8001': rs, [ISSUER]: server(AS, exchangeSource('as')) });
    await follow.until(({ type }) => type === 'ready');
    rs.stop();
    await follow.until(isState('lost'));
    const second = exchangeSource('two');
    second.happens(1);
    rs.start(second);
    await follow.until(isNumber(1));
    expect(follow.states()).toEqual(['rs connected', 'as connected', 'rs lost', 'rs restarted']);
    expect(follow.numbers()).toEqual(['two:1']);
  });

  it('goes on behind what it has had when only the connection broke', async () => {
    const source = exchangeSource('one');
    const rs = server(RS, source, METADATA);
    const follow = following({ 'http://localhost:8001': rs });
    source.happens(1);
    await follow.until(isNumber(1));
    rs.stop();
    source.happens(2);
    rs.start(source);
    await follow.until(isNumber(2));
    expect(follow.numbers()).toEqual(['one:1', 'one:2']);
    expect(follow.states()).toContain('rs back');
  });

  it('ends when neither server has flows to give, and says why of each', async () => {
    const foreign = {
      fetch: async (request: Request) => {
        const { pathname } = new URL(request.url);
        const metadata = (METADATA as Record<string, unknown>)[pathname];
        return metadata ? Response.json(metadata) : new Response('', { status: 404 });
      },
    };
    const follow = following({ 'http://localhost:8001': foreign, [ISSUER]: foreign });
    await follow.ended;
    expect(follow.states()).toEqual(['rs absent', 'as absent']);
    expect(follow.told.at(-1)).toEqual({ type: 'nothing' });
  });

  it('does not ask again where a token is wanted', async () => {
    const closed = { fetch: async () => new Response('', { status: 401 }) };
    const follow = following({ 'http://localhost:8001': closed });
    await follow.ended;
    expect(follow.states()).toEqual(['rs refused']);
  });

  it('sends the token over https and on this machine, and nowhere else', async () => {
    const far = 'http://as.example';
    const rs = server(RS, exchangeSource('one'), {
      '/.well-known/oauth-protected-resource/mcp': { resource: TARGET, authorization_servers: [far] },
    });
    const as = server({ server: 'as', issuer: far }, exchangeSource('as'));
    const follow = following({ 'http://localhost:8001': rs, [far]: as }, { token: 'flows-token-0123456789' });
    await follow.until(({ type }) => type === 'ready');
    expect(rs.asked[0]!.headers.get('authorization')).toBe('Bearer flows-token-0123456789');
    expect(rs.asked[1]!.headers.get('authorization')).toBe(null);
    expect(as.asked.map(({ headers }) => headers.get('authorization'))).toEqual([null]);
  });

  it('does not follow a server elsewhere to an address on this machine', async () => {
    const target = 'https://mcp.example/mcp';
    const rs = server({ server: 'rs', resource: target }, exchangeSource('one'), {
      '/.well-known/oauth-protected-resource/mcp': { resource: target, authorization_servers: [ISSUER] },
    });
    const as = server(AS, exchangeSource('as'));
    const follow = following({ 'https://mcp.example': rs, [ISSUER]: as }, { target });
    await follow.until(({ type }) => type === 'ready');
    expect(as.asked).toEqual([]);
    expect(follow.told).toContainEqual({ type: 'alone', why: expect.stringContaining('on this machine') });
  });

  it.each([
    ['an exchange that is none', 'event: exchange\ndata: {"recorder":"x","number":1}\n\n'],
    ['no JSON', 'event: exchange\ndata: {{{\n\n'],
    ['JSON that is too deep', `event: exchange\ndata: ${'['.repeat(5000)}\n\n`],
    ['events that it does not know', 'event: surprise\ndata: {}\n\n'],
  ])('leaves out what is not to be understood: %s', async (_what, text) => {
    const hostile = {
      fetch: async () =>
        new Response(`${text}event: live\ndata: {}\n\n`, {
          headers: { 'content-type': 'text/event-stream' },
        }),
    };
    const follow = following({ 'http://localhost:8001': hostile });
    await follow.until(({ type }) => type === 'ready');
    expect(follow.numbers()).toEqual([]);
  });

  it('takes no more than a bounded event, and leaves one that has no end', async () => {
    let sent = 0;
    const endless = {
      fetch: async () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              sent += 65_536;
              controller.enqueue(new TextEncoder().encode('data: '.padEnd(65_536, 'x')));
            },
          }),
          { headers: { 'content-type': 'text/event-stream' } },
        ),
    };
    const follow = following({ 'http://localhost:8001': endless });
    while (follow.pauses.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(sent).toBeLessThan(3 * 1024 * 1024);
  });
});
