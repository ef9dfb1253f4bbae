import type { HttpExchange, HttpRequest } from '../exchange/exchange.js';
import { alertOf, visibleText } from '../parsing/html.js';
import { oauthErrorOf } from '../parsing/json-body.js';
import { createCookieJar } from './cookies.js';
import { type Form, formsOf, type Submit } from './forms.js';
import type { UserAgent, VisitOutcome, VisitPorts } from './user-agent.js';

/** Nobody listens there: the redirect to it is read, not followed, so the code never leaves this process. */
const REDIRECT_URI = 'http://127.0.0.1:33419/callback';

/** So many pages and redirects there are at most between the request and the redirect URI. */
const MAX_HOPS = 20;

const DEMO_USERNAME = 'demo_user';
/** Any password signs the demo user in. */
const DEMO_PASSWORD = 'demo';

/** Who signs in: what is left out is the demo user's, or what the page has filled in. */
export interface HeadlessLogin {
  readonly username?: string;
  readonly password?: string;
}

/**
 * Signs in without a browser: keeps cookies, follows redirects, fills user name and password into the login form, and
 * presses the button that agrees. It gets through pages made of plain forms; where there are others it stops and says so.
 *
 * @param login the demo user's if left out; what a page has filled in already goes before it
 */
export function headlessUserAgent(login: HeadlessLogin = {}): UserAgent {
  return {
    redirectUri: REDIRECT_URI,
    how: `signs in by itself as ${login.username ?? DEMO_USERNAME}, without a browser`,
    visit: (authorizationUrl, ports) => visit(authorizationUrl, ports, login),
    close: async () => undefined,
  };
}

interface Destination {
  readonly url: URL;
  /** sent as a form by POST */
  readonly form?: URLSearchParams;
  /** the password that is in it */
  readonly password?: string;
}

async function visit(
  authorizationUrl: string,
  { send, signal }: VisitPorts,
  login: HeadlessLogin,
): Promise<VisitOutcome> {
  const cookies = createCookieJar();
  let next: Destination = { url: new URL(authorizationUrl) };
  let seenForms = 0;
  let signedIn = false;
  for (let hop = 0; hop < MAX_HOPS && !signal.aborted; hop += 1) {
    const exchange = await send(requestFor(next, cookies.headerFor(next.url)));
    const { response } = exchange;
    if (!response || exchange.error !== undefined) return stopped(`${next.url.origin}: ${exchange.error}`);
    cookies.keep(next.url, response.headers);
    const redirect = redirectOf(exchange, next);
    if (redirect) {
      if (isRedirectUri(redirect.url)) return { kind: 'redirected', url: redirect.url.href };
      next = redirect;
      continue;
    }
    const form = chooseForm(formsOf(response.body));
    if (!form) return withoutForm(exchange, seenForms === 0);
    if (signedIn && hasPassword(form)) return loginRefused(response.body);
    const sent = submit(form, next.url, login);
    if (typeof sent === 'string') return stopped(sent);
    seenForms += 1;
    signedIn ||= sent.password !== undefined;
    next = sent;
  }
  return stopped(signal.aborted ? 'interrupted' : `the pages did not end after ${MAX_HOPS} of them`);
}

function requestFor({ url, form, password }: Destination, cookie: string): HttpRequest {
  const headers = {
    accept: 'text/html,application/xhtml+xml',
    ...(cookie !== '' && { cookie }),
  };
  const secrets = password === undefined ? [] : [password];
  if (!form) return { method: 'GET', url: url.href, headers, secrets };
  return {
    method: 'POST',
    url: url.href,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', origin: url.origin },
    body: form.toString(),
    secrets,
  };
}

function redirectOf({ response }: HttpExchange, from: Destination): Destination | undefined {
  const location = response?.headers.get('location');
  if (!response || location == null || response.status < 300 || response.status >= 400) return undefined;
  const url = URL.parse(location, from.url.href);
  if (!url) return undefined;
  // A password goes to the page that asked for it, and no further.
  const again = (response.status === 307 || response.status === 308) && url.origin === from.url.origin;
  return again ? { ...from, url } : { url };
}

function isRedirectUri(url: URL): boolean {
  return `${url.origin}${url.pathname}` === REDIRECT_URI;
}

const DISAGREES = /\b(deny|cancel|reject|decline|refuse|disallow|abort|no|back|log ?out|sign ?out)\b/i;
const AGREES =
  /\b(allow|approve|accept|authori[sz]e|agree|consent|continue|confirm|sign ?in|log ?in|submit|yes)\b/i;

/** The login form if there is one, else the first that has a button to agree with. */
function chooseForm(forms: readonly Form[]): Form | undefined {
  return (
    forms.find(hasPassword) ?? forms.find((form) => chooseSubmit(form) !== undefined) ?? forms.find(isBare)
  );
}

function hasPassword(form: Form): boolean {
  return form.controls.some(({ type }) => type === 'password');
}

/** A form without buttons, which a script on the page would send. */
function isBare(form: Form): boolean {
  return form.submits.length === 0 && form.controls.length > 0;
}

function chooseSubmit({ submits }: Form): Submit | undefined {
  const text = ({ name, value, label }: Submit) => `${name} ${value} ${label}`.replace(/[_-]/g, ' ');
  const willing = submits.filter((button) => !DISAGREES.test(text(button)));
  return willing.find((button) => AGREES.test(text(button))) ?? willing[0];
}

/** @returns where the form goes, or why it is not sent */
function submit(form: Form, page: URL, login: HeadlessLogin): Destination | string {
  const action = URL.parse(form.action === '' ? page.href : form.action, page.href);
  if (!action) return `the form of ${page.origin} leads to no URL`;
  const withPassword = hasPassword(form);
  if (withPassword && action.origin !== page.origin) {
    return `the login form of ${page.origin} sends the password to ${action.origin}; sign in yourself with --no-browser`;
  }
  const fields = new URLSearchParams();
  let password: string | undefined;
  const username = withPassword ? usernameControl(form) : undefined;
  for (const control of form.controls) {
    if (!control.selected) continue;
    if (control.type === 'password') {
      password = login.password ?? (control.value || DEMO_PASSWORD);
      fields.append(control.name, password);
    } else if (control.name === username) {
      fields.append(control.name, login.username ?? (control.value || DEMO_USERNAME));
    } else fields.append(control.name, control.value);
  }
  const button = chooseSubmit(form);
  if (button && button.name !== '') fields.append(button.name, button.value);
  if (form.method !== 'POST') action.search = fields.toString();
  return {
    url: action,
    ...(form.method === 'POST' && { form: fields }),
    ...(password !== undefined && { password }),
  };
}

/** The field for the user name: by its name, else the first that takes text. */
function usernameControl({ controls }: Form): string | undefined {
  const texts = controls.filter(({ type }) => type === 'text' || type === 'email');
  return (texts.find(({ name }) => /user|login|email|account/i.test(name)) ?? texts[0])?.name;
}

function stopped(reason: string, clientRefused = false): VisitOutcome {
  return { kind: 'stopped', reason, clientRefused };
}

/** @param first true if this is the answer to the authorization request, before anybody signed in */
function withoutForm(exchange: HttpExchange, first: boolean): VisitOutcome {
  const { response } = exchange;
  const whole = oauthErrorOf(exchange)?.inWords ?? visibleText(response?.body ?? '');
  const said = beginningOf(whole);
  const status = response?.status ?? 0;
  if (status === 429) {
    return stopped(`the authorization server wants no more logins for now (429): ${said}`);
  }
  if (status >= 400) {
    const what = first ? 'refused the authorization request' : 'answered with an error page';
    return stopped(
      `the authorization server ${what} (${status}): ${said}`,
      first && status < 500 && isAboutClient(whole),
    );
  }
  return stopped(
    `a page of the authorization server has no form to fill in (${status}): ${said};` +
      ' sign in yourself: --no-browser prints the URL',
  );
}

/**
 * Whether a refusal is for the client_id. A redirect URI or a scope may be refused on the same kind of page, and that
 * says nothing of the client.
 */
function isAboutClient(text: string): boolean {
  return (
    /\b(invalid|unknown|unregistered|unrecogni[sz]ed|unauthori[sz]ed)[ _]client/i.test(text) ||
    /\bclient\b(?:(?!redirect|scope|resource).){0,40}\b(unknown|invalid|not (known|found|registered)|does not exist)\b/i.test(
      text,
    )
  );
}

/** The first words of a page, up to 200 characters. */
function beginningOf(text: string): string {
  return text.length <= 200 ? text : `${text.slice(0, 200).replace(/\s\S*$/, '')} …`;
}

function loginRefused(html: string): VisitOutcome {
  return stopped(
    `the login was refused ("${alertOf(html)}"); give another one with --username and --password,` +
      ' or sign in yourself with --no-browser',
  );
}
