import { describe, expect, it } from 'vitest';
import {
  createForeignPair,
  inspect,
  json,
  modernMcp,
  protectedMcp,
  RESOURCE_METADATA,
  TARGET,
} from './support.js';

const MCP = 'POST mcp.example/mcp';
const RS_METADATA = 'GET mcp.example/.well-known/oauth-protected-resource/mcp';
const KEY = 'a-key-for-the-gateway-0123456789';

describe('--args', () => {
  it('are what the tool is called with', async () => {
    const { document } = await inspect(createForeignPair().fetch, {
      call: 'delete_all',
      args: { folder: 'notes', deep: { yes: true } },
    });
    const call = document.exchanges.map(({ request }) => request.body).at(-1);
    expect(call).toMatchObject({
      method: 'tools/call',
      params: { name: 'delete_all', arguments: { folder: 'notes', deep: { yes: true } } },
    });
  });

  it('are shown without what their names say is secret', async () => {
    const { document, text } = await inspect(createForeignPair().fetch, {
      call: 'delete_all',
      args: { password: 'correct horse battery', token: KEY },
    });
    expect(JSON.stringify(document)).not.toMatch(/correct horse|a-key-for/);
    expect(text).not.toMatch(/correct horse|a-key-for/);
  });

  it('need a tool', async () => {
    await expect(inspect(createForeignPair().fetch, { args: {} })).rejects.toMatchObject({ option: 'args' });
  });
});

describe('--resource', () => {
  it('is sent instead of what the metadata names, and the difference is told', async () => {
    const pair = createForeignPair();
    const resource = 'https://mcp.example/other';
    const { document } = await inspect(pair.fetch, { resource });
    expect(pair.authorization().get('resource')).toBe(resource);
    expect(pair.token().get('resource')).toBe(resource);
    expect(document.decisions).toContainEqual(
      expect.objectContaining({
        what: `Will name the resource ${resource}`,
        because: expect.stringContaining(`although the metadata names ${TARGET}`),
      }),
    );
  });

  it('does not make up for metadata of another resource', async () => {
    const resource = 'https://elsewhere.example/mcp';
    const pair = createForeignPair({ [RS_METADATA]: json({ ...RESOURCE_METADATA, resource }) });
    expect((await inspect(pair.fetch, { resource })).failed).toMatchObject({ id: 'resource-metadata' });
  });

  it.each(['mcp.example', 'https://mcp.example/#x', 'https://u:p@mcp.example/', 'urn:x'])(
    '%s is refused',
    async (resource) => {
      const refused = inspect(createForeignPair().fetch, { resource });
      await expect(refused).rejects.toMatchObject({ option: 'resource' });
    },
  );
});

describe('--header', () => {
  it('goes with every request to the MCP server, and with none to anybody else', async () => {
    const seen: (readonly [host: string, path: string, key: string | null])[] = [];
    const pair = createForeignPair();
    await inspect(
      (input, init) => {
        const request = new Request(input, init);
        const { host, pathname } = new URL(request.url);
        seen.push([host, pathname, request.headers.get('x-api-key')]);
        return pair.fetch(input, init);
      },
      { header: [`X-Api-Key: ${KEY}`] },
    );
    const own = seen.filter(([host]) => host === 'mcp.example');
    expect(own.length).toBeGreaterThan(3);
    expect(own.every(([, , key]) => key === KEY)).toBe(true);
    const others = seen.filter(([host]) => host === 'as.example');
    expect(others.length).toBeGreaterThan(3);
    expect(others.every(([, , key]) => key === null)).toBe(true);
  });

  it('does not go to an authorization server at the same origin', async () => {
    const keys: (string | null)[] = [];
    const pair = createForeignPair({
      [RS_METADATA]: undefined,
      [MCP]: protectedMcp(modernMcp, 'Bearer'),
      'GET mcp.example/.well-known/oauth-authorization-server': (request) => {
        keys.push(request.headers.get('x-api-key'));
        return new Response(null, { status: 500 });
      },
    });
    await inspect(pair.fetch, { header: [`X-Api-Key: ${KEY}`] });
    expect(keys).toEqual([null]);
  });

  it('does not go where the challenge names metadata on another origin', async () => {
    const keys: (string | null)[] = [];
    const pair = createForeignPair({
      [MCP]: protectedMcp(modernMcp, 'Bearer resource_metadata="https://as.example/prm"'),
      'GET as.example/prm': (request) => {
        keys.push(request.headers.get('x-api-key'));
        return Response.json(RESOURCE_METADATA);
      },
    });
    await inspect(pair.fetch, { header: [`X-Api-Key: ${KEY}`] });
    expect(keys).toEqual([null]);
  });

  it('is not in the trace, not even where the server repeats it', async () => {
    const pair = createForeignPair({
      [RS_METADATA]: (request) =>
        Response.json({ ...RESOURCE_METADATA, resource_name: request.headers.get('x-api-key') }),
    });
    const { document, text } = await inspect(pair.fetch, { header: [`X-Api-Key: ${KEY}`, 'X-Short: 7'] });
    expect(JSON.stringify(document) + text).not.toContain(KEY);
    const { headers } = document.exchanges[0]!.request;
    expect(headers['x-api-key']).toMatch(/^sha256:/);
    expect(headers['x-short']).toBe('[redacted]');
  });

  it.each([
    'Authorization: Bearer x',
    'host: elsewhere',
    'Content-Length: 3',
    'Content-Type: text/plain',
    'transfer-encoding: chunked',
    'Mcp-Session-Id: x',
    'Proxy-Authorization: x',
    'Sec-Fetch-Mode: x',
    'no colon',
    ': no name',
    'two words: x',
    'X-Empty:',
    'X-Line: a\r\nx-other: b',
    'X-Umlaut: ä',
  ])('%j is refused', async (line) => {
    const refused = inspect(createForeignPair().fetch, { header: [line] });
    await expect(refused).rejects.toMatchObject({ option: 'header' });
  });

  it('is refused without its value, which may be a secret', async () => {
    const refused = inspect(createForeignPair().fetch, { header: [`X-A: ${KEY}`, `X-A: ${KEY}`] });
    await expect(refused).rejects.toThrow(/^(?!.*a-key).*more than once/);
  });
});
