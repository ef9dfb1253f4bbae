import { describe, expect, it } from 'vitest';
import { createKnownSecrets } from '../../src/flows/redact/known-secrets.js';
import {
  ACCESS_TOKEN,
  AS_METADATA,
  createForeignPair,
  inspect,
  json,
  protectedMcp,
  RESOURCE_METADATA,
  TOKEN_RESPONSE,
} from './support.js';

const MCP = 'POST mcp.example/mcp';

describe('a secret is not shown', () => {
  it('in JSON that was cut off', async () => {
    const cutOff = `{"token_type":"Bearer","access_token":"${ACCESS_TOKEN}","x":`;
    const pair = createForeignPair({
      'POST as.example/token': () =>
        new Response(cutOff, { headers: { 'content-type': 'application/json' } }),
    });
    expect(JSON.stringify((await inspect(pair.fetch)).document)).not.toContain(ACCESS_TOKEN);
  });

  it('where it comes back in the spelling of a URL', async () => {
    const token = 'token/with+signs==0123456789abcdef';
    const pair = createForeignPair({
      'POST as.example/token': json({ ...TOKEN_RESPONSE, access_token: token }),
      [MCP]: (request) =>
        request.headers.has('authorization')
          ? Response.json({ seen: `x ${encodeURIComponent(token)} x` }, { status: 400 })
          : new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer' } }),
    });
    const shown = JSON.stringify((await inspect(pair.fetch)).document);
    expect(shown).not.toContain(encodeURIComponent(token));
    expect(shown).not.toContain(token);
  });

  it('behind a thousand others, by which it would not be remembered', async () => {
    const decoys = Array.from({ length: 1000 }, (_, at) => ({ token: `decoy-number-${at}-0123456789` }));
    const pair = createForeignPair({
      'POST as.example/token': json({ decoys, ...TOKEN_RESPONSE, again: ACCESS_TOKEN }),
    });
    const { document } = await inspect(pair.fetch);
    expect(JSON.stringify(document.exchanges)).not.toContain(ACCESS_TOKEN);
    expect(JSON.stringify(document.exchanges)).toContain('withheld: more secrets than a flow has');
  });

  it('in a text, once more were sent than are remembered', async () => {
    const decoys = Array.from({ length: 1000 }, (_, at) => ({ token: `decoy-number-${at}-0123456789` }));
    const pair = createForeignPair({
      'POST as.example/token': json({ decoys, ...TOKEN_RESPONSE, token_type: ACCESS_TOKEN }),
    });
    const { document } = await inspect(pair.fetch);
    expect(JSON.stringify(document)).not.toContain(ACCESS_TOKEN);
    expect(document.outcome).toBe('failed');
  });

  it('as the name of a field, where JSON is said to be a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const pair = createForeignPair({
      'POST as.example/token': () => new Response(JSON.stringify(TOKEN_RESPONSE), { headers }),
    });
    const { document } = await inspect(pair.fetch);
    expect(document.outcome).toBe('completed');
    expect(JSON.stringify(document)).not.toContain(ACCESS_TOKEN);
  });

  it('before the member that says what it is', async () => {
    const pair = createForeignPair({
      'POST as.example/token': json({ hint: `it is ${ACCESS_TOKEN}`, ...TOKEN_RESPONSE }),
    });
    expect(JSON.stringify((await inspect(pair.fetch)).document)).not.toContain(ACCESS_TOKEN);
  });

  it.each(['client_secret_basic', 'client_secret_post'])(
    'that the client has shown with %s, and is told again in words',
    async (method) => {
      const clientSecret = 'secret of the user: 0123/4567';
      const said = json(
        { error: 'invalid_client', error_description: `not ${clientSecret}` },
        { status: 401 },
      );
      const pair = createForeignPair({
        'GET as.example/.well-known/oauth-authorization-server': json({
          ...AS_METADATA,
          token_endpoint_auth_methods_supported: [method],
        }),
        'POST as.example/token': said,
      });
      const { document, failed } = await inspect(pair.fetch, { clientId: 'known', clientSecret });
      expect(failed?.reason).toContain('invalid_client (not ');
      expect(JSON.stringify(document)).not.toContain(clientSecret);
    },
  );

  it.each(['Token key-0123456789', 'key-0123456789'])(
    'of a header of the user, told again without its scheme: %s',
    async (value) => {
      const pair = createForeignPair({
        'GET mcp.example/.well-known/oauth-protected-resource/mcp': json({
          ...RESOURCE_METADATA,
          resource_name: 'it is key-0123456789',
        }),
      });
      const { document } = await inspect(pair.fetch, { header: [`X-Api-Key: ${value}`] });
      expect(JSON.stringify(document)).not.toContain('key-0123456789');
    },
  );

  it.each(['post', 'get'])(
    'that is a password in a field with a name of its own, sent by %s',
    async (method) => {
      const password = 'p4ssword-of-somebody';
      const form = `<form method=${method} action=/login><input name=who><input type=password name=geheim></form>`;
      const page = (text: string) => new Response(text, { headers: { 'content-type': 'text/html' } });
      const refusal = () => page(`<p>not ${password}</p>`);
      const pair = createForeignPair({
        'GET as.example/authorize': () => page(form),
        'GET as.example/login': refusal,
        'POST as.example/login': refusal,
      });
      const { document } = await inspect(pair.fetch, { login: { username: 'somebody', password } });
      expect(document.exchanges.at(-1)?.request.url).toContain('/login');
      expect(JSON.stringify(document)).not.toContain(password);
    },
  );

  it('that was cut off, so that most of it stands there', async () => {
    const pair = createForeignPair({
      [MCP]: protectedMcp(() =>
        Response.json({ jsonrpc: '2.0', id: 1, result: { half: ACCESS_TOKEN.slice(0, -4) } }),
      ),
    });
    const shown = JSON.stringify((await inspect(pair.fetch)).document);
    expect(shown).toContain('"half":"[redacted]"');
  });
});

describe('secrets are found in bounded time, and told apart', () => {
  it('where hundreds of long ones differ in their last characters, and a text is made of their beginning', () => {
    const secrets = createKnownSecrets();
    for (let at = 0; at < 250; at += 1) secrets.mask(`${'a'.repeat(990)}${at}`);
    const started = performance.now();
    secrets.hide('a'.repeat(256 * 1024));
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('where one is the beginning of another', () => {
    const secrets = createKnownSecrets();
    const [short, long] = ['beginning-0123456789-abc', 'beginning-0123456789-abcdef'];
    const [one, other] = [secrets.mask(short), secrets.mask(long)];
    expect(one).not.toBe(other);
    expect(secrets.hide(`${short} ${long}`)).toBe(`${one} ${other}`);
  });

  it('as JSON and as a URL spell one', () => {
    const secrets = createKnownSecrets();
    const secret = 'quoted "0123456789" and / more';
    const masked = secrets.mask(secret);
    for (const spelled of [JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
      expect(secrets.hide(`x ${spelled} x`)).toBe(`x ${masked} x`);
    }
  });

  it('where two short ones begin alike', () => {
    const secrets = createKnownSecrets();
    secrets.drop('beginning-1');
    secrets.drop('beginning-1-2');
    expect(secrets.hide('x beginning-1-2 beginning-1 beginning-3')).toBe(
      'x [redacted] [redacted] beginning-3',
    );
  });
});
