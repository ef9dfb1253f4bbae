// A person with a browser and a client: registers, signs in, consents, redeems the code, calls a tool, refreshes, revokes.
// What the servers have acknowledged, and what was sent without an answer, is written into a ledger, so that it can be
// looked for after a crash.
import { createHash, randomBytes } from 'node:crypto';
import { NoAnswer, UnexpectedAnswer } from './network.js';
import { TOOL_CALL_HEADERS, toolCall } from './tool-call.js';

const REDIRECT_URI = 'http://127.0.0.1:33418/callback';
/** More redirects and pages than a sign-in has. */
const MOST_PAGES = 8;

const TOOL_CALL = toolCall('load');

/** Thrown where the authorization request came back without a code, and with this error. */
export class SentBack extends Error {
  constructor(error) {
    super(`authorize: sent back with ${error} and no code`);
    this.name = 'SentBack';
    this.error = error;
  }
}

export function createLedger() {
  return { registrations: [], grants: [] };
}

export function createPerson({
  issuer,
  resource,
  network,
  ledger = createLedger(),
  username = 'demo_user',
  password = 'any password',
  introspection = { id: 'demo-rs', secret: 'demo-rs-secret' },
  observe = () => undefined,
}) {
  const cookies = new Map();
  let endpoints;

  /** Sends, tells how long the answer took, and throws unless it has the status that was hoped for. */
  async function step(name, url, sending, wanted = 200) {
    const since = performance.now();
    const answer = await network.send(name, url, sending);
    observe(name, performance.now() - since);
    if (answer.status !== wanted) throw new UnexpectedAnswer(name, answer);
    return answer;
  }

  async function discover() {
    const { origin, pathname } = new URL(issuer);
    const path = pathname === '/' ? '' : pathname;
    const { text } = await step('metadata', `${origin}/.well-known/oauth-authorization-server${path}`);
    return JSON.parse(text);
  }

  async function endpoint(name) {
    endpoints ??= await discover();
    return endpoints[name];
  }

  async function register() {
    const json = {
      client_name: 'load',
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    };
    const url = await endpoint('registration_endpoint');
    const { text } = await step('register', url, { method: 'POST', json }, 201);
    const { client_id, registration_client_uri, registration_access_token } = JSON.parse(text);
    const client = { client_id, registration_client_uri, registration_access_token };
    ledger.registrations.push(client);
    return client;
  }

  /** Follows redirects within the authorization server. @returns the page, or where it would go from there */
  async function visit(name, target, sending = {}) {
    let url = new URL(target);
    let next = sending;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const headers = { accept: 'text/html', ...next.headers };
      if (cookies.size > 0) headers.cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
      const since = performance.now();
      const answer = await network.send(name, url, { ...next, headers });
      observe(name, performance.now() - since);
      keepCookies(answer.headers['set-cookie']);
      const { location } = answer.headers;
      if (location === undefined) return { url, answer };
      const to = new URL(location, url);
      if (to.origin !== new URL(issuer).origin) return { url, answer, left: to };
      url = to;
      next = {};
    }
    throw new Error(`${name}: redirects without end at ${url.pathname}`);
  }

  function keepCookies(lines = []) {
    for (const line of [lines].flat()) {
      const [, key, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (key === undefined) continue;
      if (/; *max-age=0\b/i.test(line)) cookies.delete(key);
      else cookies.set(key, value);
    }
  }

  /** Fills the form of a page in and sends it; there is a password on the login page only. */
  function answerPage({ url, answer }) {
    if (answer.status !== 200) throw new UnexpectedAnswer(`page ${url.pathname}`, answer);
    const { action, values } = readForm(answer.text);
    const isLogin = values.has('password');
    if (isLogin) {
      values.set('username', username);
      values.set('password', password);
    }
    const headers = { origin: url.origin };
    return visit(isLogin ? 'login' : 'consent', new URL(action, url), {
      method: 'POST',
      form: values,
      headers,
    });
  }

  async function authorize(client) {
    const verifier = randomBytes(32).toString('base64url');
    const url = new URL(await endpoint('authorization_endpoint'));
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: client.client_id,
      redirect_uri: REDIRECT_URI,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...(resource && { resource }),
    }).toString();
    let page = await visit('authorize', url);
    for (let pages = 0; pages < MOST_PAGES && !page.left; pages += 1) page = await answerPage(page);
    const code = page.left?.searchParams.get('code');
    if (!code) throw new SentBack(page.left?.searchParams.get('error'));
    const grant = { client, code: { value: code, verifier, state: 'given' }, access: [], refresh: [] };
    ledger.grants.push(grant);
    return grant;
  }

  async function postToken(name, form) {
    const url = await endpoint('token_endpoint');
    const { text } = await step(name, url, { method: 'POST', form });
    return JSON.parse(text);
  }

  function keepTokens(grant, { access_token, refresh_token }) {
    grant.access.push(access_token);
    grant.refresh.push({ value: refresh_token, state: 'given' });
  }

  async function redeem(grant) {
    grant.code.state = 'sent';
    const answer = await postToken('redeem', {
      grant_type: 'authorization_code',
      client_id: grant.client.client_id,
      redirect_uri: REDIRECT_URI,
      code: grant.code.value,
      code_verifier: grant.code.verifier,
    });
    grant.code.state = 'used';
    keepTokens(grant, answer);
  }

  async function refresh(grant, token = grant.refresh.at(-1)) {
    token.state = 'sent';
    const answer = await postToken('refresh', {
      grant_type: 'refresh_token',
      client_id: grant.client.client_id,
      refresh_token: token.value,
    });
    token.state = 'used';
    keepTokens(grant, answer);
  }

  async function introspect(grant, token = grant.access.at(-1)) {
    const { id, secret } = introspection;
    const authorization = `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;
    const { text } = await step('introspect', await endpoint('introspection_endpoint'), {
      method: 'POST',
      form: { token },
      headers: { authorization },
    });
    return JSON.parse(text).active;
  }

  async function callTool(grant, token = grant.access.at(-1)) {
    const headers = { ...TOOL_CALL_HEADERS, authorization: `Bearer ${token}` };
    const { text } = await step('tools/call', resource, { method: 'POST', json: TOOL_CALL, headers });
    return text;
  }

  async function revoke(grant) {
    grant.revocation = 'sent';
    await step('revoke', await endpoint('revocation_endpoint'), {
      method: 'POST',
      form: { client_id: grant.client.client_id, token: grant.refresh.at(-1).value },
    });
    grant.revocation = 'done';
  }

  async function readRegistration({ registration_client_uri, registration_access_token }) {
    const headers = { authorization: `Bearer ${registration_access_token}` };
    await step('registration', registration_client_uri, { headers });
  }

  return {
    cookies,
    register,
    authorize,
    redeem,
    refresh,
    introspect,
    callTool,
    revoke,
    readRegistration,
    async flow(client, { refreshes = 2, revokes = true, callsTool = true } = {}) {
      const grant = await authorize(client);
      await redeem(grant);
      for (let count = 0; count <= refreshes; count += 1) {
        if (count > 0) await refresh(grant);
        if (callsTool) await callTool(grant);
        else if (!(await introspect(grant)))
          throw new Error('introspect: a token that was just issued is not active');
      }
      if (revokes) await revoke(grant);
      return grant;
    },
  };
}

/** Whether it is worth coming again: nothing answered, or what answered was told to be away for now. */
export function isOutage(error) {
  return (
    error instanceof NoAnswer ||
    (error instanceof UnexpectedAnswer && [502, 503, 504].includes(error.status)) ||
    // What a 503 is in a redirect (RFC 6749 §4.1.2.1).
    (error instanceof SentBack && error.error === 'temporarily_unavailable')
  );
}

/** Who is told to wait waits: a server that is killed while it checks a password lets nobody else try for a moment. */
function millisecondsToWait(error) {
  const isToWait = error instanceof UnexpectedAnswer && error.status === 429;
  return isToWait && error.retryAfter !== undefined ? error.retryAfter * 1000 : undefined;
}

export async function persist(attempt, { seconds = 30, pause = 100, onOutage = () => undefined } = {}) {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const wait = isOutage(error) ? pause : millisecondsToWait(error);
      if (wait === undefined || performance.now() + wait > until) throw error;
      if (isOutage(error)) onOutage(error);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

export async function inParallel(items, workers, work) {
  const waiting = [...items].entries();
  const worker = async () => {
    for (const [index, item] of waiting) await work(item, index);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

/** The first form of a page; of its buttons the first is pressed. */
function readForm(html) {
  const [, opening, inside] = /<form\b([^>]*)>([\s\S]*?)<\/form>/i.exec(html) ?? [];
  if (opening === undefined) throw new Error('a page without a form');
  const values = new URLSearchParams();
  for (const [, input] of inside.matchAll(/<input\b([^>]*)>/gi)) {
    const name = attribute(input, 'name');
    if (name !== undefined) values.append(name, attribute(input, 'value') ?? '');
  }
  const [, button] = /<button\b([^>]*)>/i.exec(inside) ?? [];
  const name = button && attribute(button, 'name');
  if (name) values.set(name, attribute(button, 'value') ?? '');
  return { action: attribute(opening, 'action') ?? '', values };
}

function attribute(tag, name) {
  return new RegExp(`\\b${name}="([^"]*)"`, 'i')
    .exec(tag)?.[1]
    ?.replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
