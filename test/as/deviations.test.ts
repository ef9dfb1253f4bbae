import { describe, expect } from 'vitest';
import type { AuthorizationServerOptions } from '../../src/as/index.js';
import { deviates } from '../verifies.js';
import { CLIENT, documentHost, documentOf } from './document-host.js';
import { basic, CALLBACK, codeIn, createWorld, ISSUER, RESOURCE, type World } from './support.js';

const USERS = [{ username: 'alice', password: 'the-password' }];
const EDITOR = 'cursor://anysphere.cursor-mcp/oauth/callback';

async function urlsIn(world: World, issuer: string): Promise<readonly string[]> {
  const metadata = await (await world.fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
  return Object.values(metadata as Record<string, unknown>).filter((value) => typeof value === 'string');
}

async function statusOf(world: World, parameters: Parameters<World['authorizeUrl']>[0]): Promise<number> {
  return (await world.browser.visit(world.authorizeUrl(parameters))).status;
}

async function register(world: World, redirect_uri: string): Promise<string | undefined> {
  return (await world.register({ redirect_uris: [redirect_uri] })).body['client_id'];
}

describe('plain http', () => {
  deviates('plain-http', 'is what a server on loopback may speak', async () => {
    const world = createWorld();
    const urls = await urlsIn(world, 'http://localhost:9000');
    expect(urls.length).toBeGreaterThan(5);
    expect(urls.every((url) => url.startsWith('http://localhost:9000'))).toBe(true);
  });

  deviates.off('plain-http', 'is in no URL of a server whose issuer is https', async () => {
    const issuer = 'https://as.example';
    const world = createWorld({ issuer, demoMode: false, users: USERS, tokenFormat: 'jwt' });
    const urls = await urlsIn(world, issuer);
    expect(urls.length).toBeGreaterThan(6);
    expect(urls.every((url) => url === issuer || url.startsWith(`${issuer}/`))).toBe(true);
    const { registration_client_uri } = (await world.register()).body;
    expect(registration_client_uri).toMatch(/^https:\/\/as\.example\//);
    const redirect = await world.signIn({}, { fields: { username: 'alice', password: 'the-password' } });
    const iss = new URL(redirect.searchParams.get('iss') ?? '');
    expect([iss.protocol, iss.search, iss.hash]).toEqual(['https:', '', '']);
  });
});

describe('the metadata at the root', () => {
  const issuer = 'http://localhost:9000/epoch';
  const root = 'http://localhost:9000/.well-known/oauth-authorization-server';

  deviates('epoch-at-root', 'names an issuer below it', async () => {
    const { fetch } = createWorld({ issuer, metadataAtRoot: true });
    expect(await (await fetch(root)).json()).toMatchObject({ issuer });
  });

  deviates.off('epoch-at-root', 'is there for an issuer without a path only', async () => {
    expect((await createWorld({ issuer }).fetch(root)).status).toBe(404);
    const own = 'http://localhost:9000/.well-known/oauth-authorization-server/epoch';
    expect(await (await createWorld({ issuer }).fetch(own)).json()).toMatchObject({ issuer });
    const { origin } = new URL(issuer);
    expect(await (await createWorld().fetch(root)).json()).toMatchObject({ issuer: origin });
  });
});

describe('the port of a redirect URI', () => {
  deviates('any-loopback-port', 'may be any on loopback', async () => {
    const world = createWorld();
    const client_id = await register(world, 'http://localhost:1234/cb');
    expect(await statusOf(world, { client_id, redirect_uri: 'http://localhost:4321/cb' })).toBe(200);
  });

  deviates.off('any-loopback-port', 'is that of the registered one elsewhere', async () => {
    const world = createWorld();
    const client_id = await register(world, 'https://app.example/cb');
    expect(await statusOf(world, { client_id, redirect_uri: 'https://app.example/cb' })).toBe(200);
    expect(await statusOf(world, { client_id, redirect_uri: 'https://app.example:8443/cb' })).toBe(400);
  });
});

describe('a preset client', () => {
  deviates('unpinned-redirect-uris', 'without redirect URIs may use any on loopback', async () => {
    expect(await statusOf(createWorld(), { redirect_uri: 'http://localhost:1/any/path' })).toBe(200);
  });

  deviates.off('unpinned-redirect-uris', 'with redirect URIs may use no other', async () => {
    const world = createWorld({ clients: [{ client_id: 'demo-preset', redirect_uris: [CALLBACK] }] });
    expect(await statusOf(world, { redirect_uri: CALLBACK })).toBe(200);
    for (const redirect_uri of [
      'http://localhost:1/any/path',
      `${CALLBACK}x`,
      'https://vscode.dev/redirect',
    ]) {
      const { status, left } = await world.browser.visit(world.authorizeUrl({ redirect_uri }));
      expect({ status, left }).toEqual({ status: 400, left: undefined });
    }
  });
});

describe('an unknown client', () => {
  deviates('adoption', 'is taken in', async () => {
    expect(await createWorld().flow({ client_id: 'from-elsewhere' })).toHaveProperty('access_token');
  });

  deviates.off('adoption', 'is refused on a page, and sent nowhere', async () => {
    const world = createWorld({ unknownClients: 'reject' });
    const { status, left } = await world.browser.visit(world.authorizeUrl({ client_id: 'from-elsewhere' }));
    expect({ status, left }).toEqual({ status: 400, left: undefined });
    expect((await world.token({ client_id: 'from-elsewhere', code: 'x' })).status).toBe(401);
  });
});

describe('the first code of an adopted client', () => {
  const redeem = async (unknownClients: 'adopt' | 'reject-200') => {
    const world = createWorld({ unknownClients });
    const client_id = 'from-elsewhere';
    return world.token({ client_id, code: codeIn(await world.signIn({ client_id })) });
  };

  deviates('reject-200', 'is answered with an error and status 200', async () => {
    expect(await redeem('reject-200')).toMatchObject({ status: 200, body: { error: 'invalid_client' } });
  });

  deviates.off('reject-200', 'brings tokens, and an error has a status that says so', async () => {
    expect(await redeem('adopt')).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
    const world = createWorld({ unknownClients: 'reject' });
    expect(await world.token({ code: 'x' })).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await world.token({ code: 'x', client_id: 'from-elsewhere' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
  });
});

describe('a private-use scheme', () => {
  deviates(
    'private-use-schemes',
    'may be a reversed domain name, a known editor’s or one that is allowed',
    async () => {
      const world = createWorld({ redirectSchemes: ['myapp'] });
      for (const redirect_uri of [EDITOR, 'com.example.app:/callback', 'myapp://callback']) {
        const client_id = await register(world, redirect_uri);
        expect(await statusOf(world, { client_id, redirect_uri })).toBe(200);
      }
    },
  );

  deviates.off('private-use-schemes', 'is refused where only configured clients are known', async () => {
    const clients = [{ client_id: 'demo-preset', redirect_uris: [CALLBACK, 'https://app.example/cb'] }];
    const world = createWorld({ registration: ['preset'], clients });
    for (const redirect_uri of [EDITOR, 'com.example.app:/callback', 'myapp://callback']) {
      expect(await statusOf(world, { redirect_uri })).toBe(400);
      expect((await world.register({ redirect_uris: [redirect_uri] })).status).toBe(404);
    }
    // A scheme without a period can be registered nowhere unless it is allowed by name.
    expect((await createWorld().register({ redirect_uris: ['myapp://callback'] })).body['error']).toBe(
      'invalid_redirect_uri',
    );
  });
});

describe('the password', () => {
  const attempt = async (options: Partial<AuthorizationServerOptions>, fields: Record<string, string>) => {
    const world = createWorld(options);
    return world.browser.submit(await world.browser.visit(world.authorizeUrl()), { fields });
  };

  deviates('demo-password', 'may be anything for the demo user', async () => {
    expect((await attempt({}, { password: 'anything' })).html).toContain('Allow access?');
  });

  deviates.off(
    'demo-password',
    'has to be that of a configured user, and guesses are slowed down',
    async () => {
      expect((await attempt({ users: USERS }, { username: 'demo_user', password: 'anything' })).status).toBe(
        403,
      );
      const world = createWorld({ users: USERS });
      const guess = async () =>
        (
          await world.browser.submit(await world.browser.visit(world.authorizeUrl()), {
            fields: { username: 'alice', password: 'wrong' },
          })
        ).status;
      expect([await guess(), await guess(), await guess()]).toEqual([403, 403, 429]);
      expect(world.event('login.succeeded')).toBeUndefined();
    },
  );
});

describe('a request that breaks a rule', () => {
  const answerTo = async (redirect_uri: string, parameters: Readonly<Record<string, string>>) => {
    const world = createWorld();
    const client_id = await register(world, redirect_uri);
    return world.browser.visit(world.authorizeUrl({ redirect_uri, client_id, state: 'abc', ...parameters }));
  };

  deviates('error-before-login', 'goes back at once to a redirect URI that is trusted', async () => {
    for (const trusted of [
      CALLBACK,
      'https://vscode.dev/redirect',
      'cursor://anysphere.cursor-mcp/oauth/callback',
    ]) {
      const { status, left } = await answerTo(trusted, { scope: 'no-such-scope' });
      expect({ status, to: left?.href.split('?')[0] }).toEqual({ status: 302, to: trusted });
    }
  });

  deviates.off(
    'error-before-login',
    'goes back to another redirect URI only if the user follows the link of a page that names it',
    async () => {
      const { status, left, html } = await answerTo('https://app.example/cb', { scope: 'no-such-scope' });
      expect({ status, left }).toEqual({ status: 400, left: undefined });
      expect(html).toContain('<strong>app.example</strong>');
      const link = /<a href="([^"]+)" rel="noreferrer">/.exec(html)?.[1] ?? '';
      const back = new URL(link.replaceAll('&amp;', '&'));
      expect(back.origin + back.pathname).toBe('https://app.example/cb');
      expect(Object.fromEntries(back.searchParams)).toMatchObject({
        error: 'invalid_scope',
        state: 'abc',
        iss: ISSUER,
      });
    },
  );
});

describe('a request that wants no page', () => {
  deviates('silent-answer', 'is answered at its redirect URI, trusted or not', async () => {
    const world = createWorld();
    const redirect_uri = 'https://app.example/cb';
    const client_id = await register(world, redirect_uri);
    const { left } = await world.browser.visit(
      world.authorizeUrl({ redirect_uri, client_id, prompt: 'none' }),
    );
    expect(left?.origin).toBe('https://app.example');
    expect(left?.searchParams.get('error')).toBe('login_required');
  });

  deviates.off('silent-answer', 'leads nowhere but to configured redirect URIs', async () => {
    const clients = [{ client_id: 'demo-preset', redirect_uris: ['https://app.example/cb'] }];
    const world = createWorld({ registration: ['preset'], unknownClients: 'reject', clients });
    expect((await world.register({ redirect_uris: ['https://evil.example/'] })).status).toBe(404);
    const visit = (parameters: Readonly<Record<string, string>>) =>
      world.browser.visit(world.authorizeUrl({ prompt: 'none', ...parameters }));
    expect((await visit({ redirect_uri: 'https://app.example/cb' })).left?.origin).toBe(
      'https://app.example',
    );
    for (const redirect_uri of ['https://evil.example/', CALLBACK])
      for (const client_id of ['demo-preset', 'from-elsewhere'])
        expect(await visit({ client_id, redirect_uri })).toMatchObject({ status: 400, left: undefined });
  });
});

describe('introspection', () => {
  const ask = async (options: Partial<AuthorizationServerOptions>, headers: Record<string, string>) =>
    (await createWorld(options).post('/introspect', { token: 'x' }, headers)).status;
  const known = { authorization: basic('demo-rs', 'demo-rs-secret') };

  deviates('demo-rs-credentials', 'takes credentials that everybody knows', async () => {
    expect(await ask({}, known)).toBe(200);
  });

  deviates.off('demo-rs-credentials', 'takes the configured credentials only', async () => {
    const rsCredentials = [{ id: 'rs', secret: 'a-long-random-value' }];
    expect(await ask({ rsCredentials }, known)).toBe(401);
    expect(await ask({ rsCredentials }, { authorization: basic('rs', 'a-long-random-value') })).toBe(200);
    expect(await ask({ demoMode: false, users: USERS }, known)).toBe(401);
  });

  deviates('open-introspection', 'answers anybody', async () => {
    expect(await ask({ openIntrospection: true }, {})).toBe(200);
  });

  deviates.off('open-introspection', 'answers nobody without credentials', async () => {
    expect(await ask({}, {})).toBe(401);
  });
});

describe('the metadata document of a client', () => {
  const url = 'http://localhost:7000/client.json';
  const read = async (client_id: string, cimdAllowLoopback: boolean) => {
    const host = documentHost();
    host.serve(documentOf({}, client_id), {}, client_id);
    const world = createWorld({ cimdAllowLoopback }, undefined, { fetchDocument: host.fetchDocument });
    return { status: await statusOf(world, { client_id, resource: RESOURCE }), asked: host.asked.length };
  };

  deviates('cimd-loopback', 'may be read over plain http from this machine', async () => {
    expect(await read(url, true)).toEqual({ status: 200, asked: 1 });
  });

  deviates.off('cimd-loopback', 'is read over https only', async () => {
    expect(await read(url, false)).toEqual({ status: 400, asked: 0 });
    expect(await read(CLIENT, false)).toEqual({ status: 200, asked: 1 });
  });
});

describe('a token request of a client whose document cannot be read for now', () => {
  const ask = async (options: Partial<AuthorizationServerOptions>) => {
    const host = documentHost();
    host.fail('document_timeout');
    const world = createWorld(options, undefined, { fetchDocument: host.fetchDocument });
    const { status, body } = await world.token({ client_id: CLIENT, code: 'x' });
    return { status, error: body['error'], asked: host.asked.length };
  };

  deviates('document-unreadable', 'is told to come again', async () => {
    expect(await ask({})).toEqual({ status: 503, error: 'temporarily_unavailable', asked: 1 });
  });

  deviates.off('document-unreadable', 'is refused where no document is read', async () => {
    expect(await ask({ registration: ['preset'] })).toEqual({
      status: 401,
      error: 'invalid_client',
      asked: 0,
    });
  });
});

describe('a refresh token that was exchanged before', () => {
  const replay = async (refreshGraceSeconds: number) => {
    const world = createWorld({ refreshGraceSeconds });
    const { refresh_token } = await world.flow();
    const refresh = () => world.token({ grant_type: 'refresh_token', refresh_token });
    const { access_token } = (await refresh()).body;
    return { status: (await refresh()).status, active: (await world.introspect(access_token))['active'] };
  };

  deviates('refresh-grace', 'is taken again for a while', async () => {
    expect(await replay(30)).toEqual({ status: 200, active: true });
  });

  deviates.off('refresh-grace', 'is refused and ends the grant', async () => {
    expect(await replay(0)).toEqual({ status: 400, active: false });
  });
});
