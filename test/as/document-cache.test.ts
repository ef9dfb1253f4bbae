import { beforeEach, describe, expect, it } from 'vitest';
import { verifies } from '../verifies.js';
import { CLIENT, documentHost, documentOf } from './document-host.js';
import { codeIn, createWorld, type World } from './support.js';

let host: ReturnType<typeof documentHost>;
let world: World;
beforeEach(() => {
  host = documentHost();
  host.serve();
  world = createWorld({}, undefined, { fetchDocument: host.fetchDocument });
});

/** Asks for authorization. @returns why it was refused */
async function ask(client_id = CLIENT): Promise<string> {
  const { status } = await world.browser.visit(world.authorizeUrl({ client_id }));
  return status === 200 ? 'none' : String(world.event('authorization.refused')?.reason);
}

/** How often the document's host is asked by requests at these times, in seconds after the first. */
async function askedAt(...times: readonly number[]): Promise<readonly number[]> {
  const counts: number[] = [];
  let last = 0;
  for (const time of times) {
    world.clock.advance(time - last);
    last = time;
    expect(await ask()).toBe('none');
    counts.push(host.count());
  }
  return counts;
}

describe('a document is kept', () => {
  verifies.each<[string, Record<string, string>, readonly number[], readonly number[]]>([
    ['as long as max-age says', { 'cache-control': 'max-age=300' }, [0, 299, 300], [1, 1, 2]],
    ['less by the age that it had', { 'cache-control': 'max-age=300', age: '100' }, [0, 199, 200], [1, 1, 2]],
    ['ten seconds at least', { 'cache-control': 'max-age=1' }, [0, 9, 10], [1, 1, 2]],
    ['ten seconds if it must be asked for each time', { 'cache-control': 'no-cache' }, [0, 9, 10], [1, 1, 2]],
    ['ten seconds if its host says nothing', {}, [0, 9, 10], [1, 1, 2]],
    ['an hour at most', { 'cache-control': 'max-age=31536000, immutable' }, [0, 3599, 3600], [1, 1, 2]],
    ['not at all once the clock was set back', { 'cache-control': 'max-age=300' }, [0, -86_400], [1, 2]],
    ['whatever it varies by', { 'cache-control': 'max-age=300', vary: '*' }, [0, 299, 300], [1, 1, 2]],
    ['never with no-store', { 'cache-control': 'no-store' }, [0, 0, 1], [1, 2, 3]],
  ])(['cimd-4.4-cache-headers', 'mcp-cimd-cache'], '%s', async (_what, headers, times, counts) => {
    host.serve(documentOf(), headers);
    expect(await askedAt(...times)).toEqual(counts);
  });

  it('until Expires', async () => {
    const expires = new Date((world.clock.now() + 300) * 1000).toUTCString();
    const date = new Date(world.clock.now() * 1000).toUTCString();
    host.serve(documentOf(), { expires, date });
    expect(await askedAt(0, 299, 300)).toEqual([1, 1, 2]);
  });

  it('anew when its host says that it has not changed, without sending it again', async () => {
    host.answer(CLIENT, ({ headers }) => ({
      status: headers['if-none-match'] === '"v1"' ? 304 : 200,
      headers: { 'content-type': 'application/json', etag: '"v1"', 'cache-control': 'max-age=60' },
      body: headers['if-none-match'] === '"v1"' ? '' : JSON.stringify(documentOf()),
    }));
    expect(await askedAt(0, 60, 119, 120)).toEqual([1, 2, 2, 3]);
    expect(host.asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"', '"v1"']);
  });

  it('and asked for with the date of its last change', async () => {
    const changed = 'Mon, 01 Jan 2024 00:00:00 GMT';
    host.serve(documentOf(), { 'last-modified': changed, 'cache-control': 'max-age=60' });
    await askedAt(0, 60);
    expect(host.asked[1]?.headers['if-modified-since']).toBe(changed);
  });

  it('and what it says now is what counts, once it is read again', async () => {
    host.serve(documentOf(), { 'cache-control': 'max-age=60' });
    expect(await ask()).toBe('none');
    host.serve(documentOf({ redirect_uris: ['https://web.example/cb'] }));
    world.clock.advance(59);
    expect(await ask()).toBe('none');
    world.clock.advance(1);
    expect(await ask()).toBe('redirect_uri_not_registered');
  });
});

describe('what is never kept', () => {
  verifies(['cimd-4.4-no-errors'], 'is an error', async () => {
    host.fail('document_timeout');
    expect(await ask()).toBe('document_timeout');
    host.serve();
    expect(await ask()).toBe('none');
  });

  verifies(['cimd-4.4-no-errors'], 'is an answer with another status, whatever its headers say', async () => {
    host.answer(CLIENT, () => ({ status: 404, headers: { 'cache-control': 'max-age=600' }, body: '' }));
    expect(await ask()).toBe('document_status_wrong');
    host.serve();
    expect(await ask()).toBe('none');
  });

  verifies(['cimd-4.4-no-invalid'], 'is a document that is not valid, whatever its headers say', async () => {
    host.serve(documentOf({ client_secret: 'x' }), { 'cache-control': 'max-age=600' });
    expect(await ask()).toBe('document_invalid');
    host.serve();
    expect(await ask()).toBe('none');
  });

  it('is a good document any longer, once its host has another', async () => {
    host.serve(documentOf(), { 'cache-control': 'max-age=60' });
    const { refresh_token } = await world.flow({ client_id: CLIENT });
    world.clock.advance(60);
    host.serve('{}');
    expect(await ask()).toBe('document_client_id_mismatch');
    host.fail('document_unreachable');
    const refresh = { grant_type: 'refresh_token', client_id: CLIENT, refresh_token };
    expect((await world.token(refresh)).status).toBe(503);
  });
});

describe('while the host of a document cannot be asked', () => {
  const refreshWith = async (refresh_token: string | undefined) =>
    world.token({ grant_type: 'refresh_token', client_id: CLIENT, refresh_token });

  it('sessions go on with the one that was read last, for a day, and the log says so', async () => {
    const { refresh_token } = await world.flow({ client_id: CLIENT });
    const readAt = world.clock.now();
    host.fail('document_unreachable');
    world.clock.advance(24 * 3600);
    const { status, body } = await refreshWith(refresh_token);
    expect(status).toBe(200);
    expect(world.event('client.document_stale')).toMatchObject({
      client_id: CLIENT,
      reason: 'document_unreachable',
      read_at: readAt,
      level: 'warning',
    });
    world.clock.advance(1);
    expect((await refreshWith(body['refresh_token'])).status).toBe(503);
    host.serve();
    expect((await refreshWith(body['refresh_token'])).status).toBe(200);
  });

  verifies(['cimd-4.3-abort'], 'no new authorization is begun', async () => {
    expect(await ask()).toBe('none');
    host.fail('document_unreachable');
    world.clock.advance(60);
    expect(await ask()).toBe('document_unreachable');
  });

  it('one that is under way is brought to its end', async () => {
    const login = await world.browser.visit(world.authorizeUrl({ client_id: CLIENT }));
    host.fail('document_host_not_found');
    world.clock.advance(60);
    const { left } = await world.browser.submit(await world.browser.submit(login));
    expect((await world.token({ client_id: CLIENT, code: left ? codeIn(left) : '' })).status).toBe(200);
  });

  it.each(['must-revalidate, max-age=60', 'no-cache', 'no-store'])(
    'nothing goes on by a document with %s',
    async (cacheControl) => {
      host.serve(documentOf(), { 'cache-control': cacheControl });
      const { refresh_token } = await world.flow({ client_id: CLIENT });
      host.fail('document_unreachable');
      world.clock.advance(60);
      expect((await refreshWith(refresh_token)).status).toBe(503);
    },
  );

  it('nothing goes on if it answers, and says that there is no document', async () => {
    const { refresh_token } = await world.flow({ client_id: CLIENT });
    host.answer(CLIENT, () => ({ status: 410, headers: {}, body: '' }));
    world.clock.advance(60);
    expect(await refreshWith(refresh_token)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
  });
});

describe('how much strangers can make the server fetch', () => {
  const urlOf = (n: number, on = 'app.example') => `https://${on}/${n}.json`;

  it('is one fetch for any number of requests at the same time', async () => {
    const answers = await Promise.all(
      Array.from(
        { length: 20 },
        async () => (await world.fetch(world.authorizeUrl({ client_id: CLIENT }))).status,
      ),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(host.count()).toBe(1);
  });

  it('is 30 fetches a minute from one host', async () => {
    const reasons: string[] = [];
    for (let n = 0; n < 31; n += 1) reasons.push(await ask(urlOf(n)));
    expect(reasons.filter((reason) => reason === 'document_host_not_found')).toHaveLength(30);
    expect(reasons.at(-1)).toBe('document_busy');
    expect(host.asked).toHaveLength(30);
    expect(await ask('https://other.example/c.json')).toBe('document_host_not_found');
    world.clock.advance(60);
    expect(await ask(urlOf(99))).toBe('document_host_not_found');
  });

  it('is 300 fetches a minute from all hosts, and a document that is kept is used all the same', async () => {
    host.serve(documentOf(), { 'cache-control': 'max-age=300' });
    await ask();
    for (let n = 0; n < 305; n += 1)
      await world.fetch(world.authorizeUrl({ client_id: urlOf(n, `h${n}.example`) }));
    expect(host.asked).toHaveLength(300);
    expect(await ask()).toBe('none');
  });

  it('keeps no document that is in use from being read again', async () => {
    expect(await ask()).toBe('none');
    world.clock.advance(20);
    for (let n = 0; n < 31; n += 1) await ask(urlOf(n));
    expect(await ask(urlOf(99))).toBe('document_busy');
    expect(await ask()).toBe('none');
    expect(host.count()).toBe(2);
  });

  it('is four fetches at once from one host, and sixteen from all', async () => {
    let begun = 0;
    const ends: (() => void)[] = [];
    const slow = (url: string) =>
      host.answer(url, async () => {
        begun += 1;
        await new Promise<void>((end) => ends.push(end));
        return { status: 404, headers: {}, body: '' };
      });
    const urls = Array.from({ length: 6 }, (_, site) =>
      Array.from({ length: 6 }, (_unused, n) => urlOf(n, `h${site}.example`)),
    );
    urls[0]!.forEach(slow);
    const asked = urls[0]!.map((url) => ask(url));
    await expect.poll(() => begun).toBe(4);
    urls.slice(1).flat().forEach(slow);
    asked.push(
      ...urls
        .slice(1)
        .flat()
        .map((url) => ask(url)),
    );
    await expect.poll(() => begun).toBe(16);
    ends.forEach((end) => end());
    await Promise.all(asked);
    expect(begun).toBe(16);
    expect(await ask()).toBe('none');
  });
});
