import { describe, expect, it } from 'vitest';
import { createForeignPair, inspect, redirectBack, type Routes } from './support.js';

/** Pages of some authorization server: `page` is served at /authorize, and its form goes to /next. */
async function signIn(page: string, next: Routes[string], login = {}) {
  const sent: URLSearchParams[] = [];
  let request: Request | undefined;
  const pair = createForeignPair({
    'GET as.example/authorize': (first) => {
      request = first.clone();
      return new Response(page, {
        headers: { 'content-type': 'text/html', 'set-cookie': 'sid=1; Path=/; HttpOnly' },
      });
    },
    'POST as.example/next': async (post) => {
      sent.push(new URLSearchParams(await post.text()));
      if (typeof next === 'function') return next(post);
      const back = redirectBack({});
      return post.headers.get('cookie') === 'sid=1' && typeof back === 'function'
        ? back(request!)
        : new Response('no cookie', { status: 400 });
    },
  });
  return { ...(await inspect(pair.fetch, { login })), sent, requests: pair.requests };
}

const LOGIN = `<form action="/next" method="post">
  <input type=hidden name='txn' value="a&amp;b">
  <label>User <input name="login"></label>
  <input type="password" name="pwd">
  <input type="checkbox" name="remember">
  <button name="go" value="cancel">Cancel</button>
  <button name="go" value="in">Sign in</button>
</form>`;

describe('signing in without a browser', () => {
  it('fills the login form, keeps cookies and hidden fields, and presses the button that agrees', async () => {
    const { document, sent } = await signIn(LOGIN, undefined);
    expect(document.outcome).toBe('completed');
    expect(Object.fromEntries(sent[0]!)).toEqual({ txn: 'a&b', login: 'demo_user', pwd: 'demo', go: 'in' });
  });

  it('shows no part of a URL by which the pages know the user', async () => {
    const interaction = 'interaction-0123456789abcdef-0123456789';
    const pair = createForeignPair({
      'GET as.example/authorize': (request) =>
        new Response(null, {
          status: 302,
          headers: { location: `/login${new URL(request.url).search}&interaction=${interaction}` },
        }),
      'GET as.example/login': redirectBack({}),
    });
    const { document, text } = await inspect(pair.fetch);
    expect(document.outcome).toBe('completed');
    expect(pair.requests.join()).toContain(`interaction=${interaction}`);
    expect(JSON.stringify(document) + text).not.toContain(interaction);
    expect(text).toMatch(/interaction=sha256:[0-9a-f]{8}/);
  });

  it('uses the login that it was given, and shows no password', async () => {
    const { document, sent, text } = await signIn(LOGIN, undefined, {
      username: 'alice',
      password: 'hunter2-hunter2',
    });
    expect(sent[0]!.get('login')).toBe('alice');
    expect(sent[0]!.get('pwd')).toBe('hunter2-hunter2');
    expect(JSON.stringify(document) + text).not.toContain('hunter2');
  });

  it('never presses a button that denies', async () => {
    const { document, sent } = await signIn(
      `<form method="post" action="/next"><input type="submit" name="a" value="Deny"><input type="submit" name="a" value="OK"></form>`,
      undefined,
    );
    expect(document.outcome).toBe('completed');
    expect(sent[0]!.get('a')).toBe('OK');
  });

  it('says what to do when the login is refused', async () => {
    const again = () =>
      new Response(`<title>Wrong</title>${LOGIN}`, { headers: { 'content-type': 'text/html' } });
    const { failed, sent } = await signIn(LOGIN, again);
    expect(sent).toHaveLength(1);
    expect(failed?.reason).toMatch(/refused \("Wrong"\).*--username and --password.*--no-browser/);
  });

  it('says what to do at a page that it cannot read', async () => {
    const { failed } = await signIn('<script>app()</script><p>Loading</p>', undefined);
    expect(failed?.reason).toMatch(/has no form.*Loading.*--no-browser/);
  });

  it('sends no password to another origin', async () => {
    const { failed, requests } = await signIn(LOGIN.replace('/next', 'https://mcp.example/steal'), undefined);
    expect(failed?.reason).toContain('sends the password to https://mcp.example');
    expect(requests.some((request) => request.includes('steal'))).toBe(false);
  });

  it('does not go to the redirect URI: nobody else learns the code', async () => {
    const { requests } = await signIn(LOGIN, undefined);
    expect(requests.some((request) => request.includes('127.0.0.1') && !request.includes('authorize?'))).toBe(
      false,
    );
  });
});
