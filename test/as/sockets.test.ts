import { describe, expect, it } from 'vitest';
import { OVER_SOCKETS, reached } from '../support/over-socket.js';
import { createWorld, ISSUER } from './support.js';

describe('the tests of the authorization server', () => {
  it('reach it over a socket in the run that is to go over sockets, and in this process in the other', async () => {
    const { headers } = await createWorld().fetch(`${ISSUER}/.well-known/oauth-authorization-server`);
    // What the listener adds, and the app does not.
    expect(headers.has('date')).toBe(OVER_SOCKETS);
    expect(headers.has('connection')).toBe(OVER_SOCKETS);
  });

  it('see several cookies apart, an empty body and a redirect as they were sent, either way', async () => {
    const app = reached({
      fetch: async () =>
        new Response(null, {
          status: 302,
          headers: [
            ['location', '/elsewhere'],
            ['set-cookie', 'a=1; Path=/'],
            ['set-cookie', 'b=2; Path=/'],
          ],
        }),
      close: async () => undefined,
    });
    const response = await app.fetch(new Request(`${ISSUER}/x`));
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/elsewhere');
    expect(response.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2; Path=/']);
    expect(await response.text()).toBe('');
  });

  it('have the URL, the Host and the body arrive as they were meant, either way', async () => {
    const app = reached({
      fetch: async (request) =>
        Response.json([request.url, request.headers.get('host'), await request.text()]),
      close: async () => undefined,
    });
    const posted = { method: 'POST', body: 'ä=1' };
    const sent = async (url: string, init: RequestInit) =>
      (await (await app.fetch(new Request(url, init))).json()) as (string | null)[];
    const [url, host, body] = await sent(`${ISSUER}/x?y=%20`, posted);
    expect([url, host ?? 'localhost:9000', body]).toEqual([`${ISSUER}/x?y=%20`, 'localhost:9000', 'ä=1']);
    const foreign = { ...posted, headers: { host: 'tunnel.example' } };
    expect(await sent(`${ISSUER}/x`, foreign)).toEqual([`${ISSUER}/x`, 'tunnel.example', 'ä=1']);
  });
});
