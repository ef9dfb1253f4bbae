import type { Fetch } from '../../src/shared/http/fetch.js';

/** What a browser shows, or where it would go next. */
export interface Visit {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** the redirect that left the origins of this browser; it is not followed */
  readonly left: URL | undefined;
}

/** How a form is posted: values that replace what the page has filled in, and the button that is pressed. */
export interface FormInput {
  readonly fields?: Readonly<Record<string, string>>;
  /** the value of the button; the first one unless given */
  readonly button?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A small browser without scripts: keeps cookies, follows redirects within its network, fills forms in. */
export interface Browser {
  readonly cookies: ReadonlyMap<string, string>;
  /** Drops the cookie by which an authorization server of ours knows who is signed in. */
  forgetSession(): void;
  visit(url: string | URL, init?: RequestInit): Promise<Visit>;
  /** Posts the first form of a page. */
  submit(page: Visit, input?: FormInput): Promise<Visit>;
}

/** The `Cookie` header that a browser with these cookies sends. */
export function cookieHeader(cookies: ReadonlyMap<string, string>): string {
  return [...cookies].map((pair) => pair.join('=')).join('; ');
}

/**
 * @param fetch the network, which may be one in this process
 * @param origin the only origin that it talks to
 */
export function createBrowser(fetch: Fetch, origin: string): Browser {
  const cookies = new Map<string, string>();

  async function visit(target: string | URL, init: RequestInit = {}): Promise<Visit> {
    const url = new URL(target);
    const headers = new Headers(init.headers);
    headers.set('accept', 'text/html');
    if (cookies.size > 0) headers.set('cookie', cookieHeader(cookies));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name === undefined || value === undefined) continue;
      if (/; *max-age=0\b/i.test(cookie)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get('location');
    const next = location === null ? undefined : new URL(location, url);
    if (next && next.origin === origin) return visit(next);
    return {
      url,
      status: response.status,
      headers: response.headers,
      html: await response.text(),
      left: next,
    };
  }

  return {
    cookies,
    forgetSession: () => {
      for (const name of cookies.keys()) if (name.includes('-session-')) cookies.delete(name);
    },
    visit,
    async submit(page, { fields = {}, button, headers = {} } = {}) {
      const form = readForm(page.html);
      for (const [name, value] of Object.entries(fields)) form.values.set(name, value);
      const pressed = form.buttons.find(([, value]) => button === undefined || value === button);
      if (pressed) form.values.set(...pressed);
      return visit(new URL(form.action, page.url), {
        method: 'POST',
        body: form.values,
        headers: { origin: page.url.origin, ...headers },
      });
    },
  };
}

/** The first form of a page: where it goes, its filled-in values, and its buttons as name and value. */
export function readForm(html: string): {
  action: string;
  values: URLSearchParams;
  buttons: readonly [string, string][];
} {
  const [, opening, inside] = /<form\b([^>]*)>([\s\S]*?)<\/form>/i.exec(html) ?? [];
  if (opening === undefined || inside === undefined) throw new Error(`no form in:\n${html}`);
  const values = new URLSearchParams();
  for (const [, input] of inside.matchAll(/<input\b([^>]*)>/gi)) {
    const name = attribute(input!, 'name');
    if (name !== undefined) values.append(name, attribute(input!, 'value') ?? '');
  }
  const buttons = [...inside.matchAll(/<button\b([^>]*)>/gi)].flatMap(([, button]): [string, string][] => {
    const name = attribute(button!, 'name');
    return name === undefined ? [] : [[name, attribute(button!, 'value') ?? '']];
  });
  return { action: attribute(opening, 'action') ?? '', values, buttons };
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\b${name}="([^"]*)"`, 'i')
    .exec(tag)?.[1]
    ?.replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
