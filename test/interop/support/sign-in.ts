/** At most so many pages between the client's request and its redirect URI. */
const MOST_PAGES = 10;

/**
 * The user's part of the flow without a browser: signs in with what the page has filled in, or any password, and
 * presses the first button of each page.
 *
 * @param authorizationUrl where the client sends its user
 * @returns the redirect to the client, not yet followed
 * @throws if a page has no form, or the flow does not end
 */
export async function signIn(authorizationUrl: string | URL): Promise<URL> {
  const start = new URL(authorizationUrl);
  const redirectUri = start.searchParams.get('redirect_uri');
  if (redirectUri === null) throw new Error(`${start} names no redirect URI`);
  const cookies = new Map<string, string>();
  let request: { url: URL; form?: URLSearchParams } = { url: start };
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const response = await visit(request, cookies);
    const location = response.headers.get('location');
    if (location !== null) {
      const next = new URL(location, request.url);
      if (next.href.startsWith(redirectUri)) return next;
      request = { url: next };
      continue;
    }
    request = firstForm(await response.text(), request.url);
  }
  throw new Error(`no redirect to the client after ${MOST_PAGES} pages, the last one at ${request.url}`);
}

async function visit({ url, form }: { url: URL; form?: URLSearchParams }, cookies: Map<string, string>) {
  const response = await fetch(url, {
    redirect: 'manual',
    headers: {
      accept: 'text/html',
      cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
      ...(form && { origin: url.origin }),
    },
    ...(form && { method: 'POST', body: form }),
  });
  for (const cookie of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (name !== undefined && value !== undefined) cookies.set(name, value);
  }
  return response;
}

function firstForm(html: string, url: URL): { url: URL; form: URLSearchParams } {
  const [, opening, inside] = /<form\b([^>]*)>([\s\S]*?)<\/form>/i.exec(html) ?? [];
  if (opening === undefined || inside === undefined) throw new Error(`${url} has no form:\n${html}`);
  const form = new URLSearchParams();
  for (const [, input] of inside.matchAll(/<input\b([^>]*)>/gi)) {
    const name = attribute(input!, 'name');
    if (name === undefined) continue;
    const value = attribute(input!, 'value');
    form.append(name, value || (attribute(input!, 'type') === 'password' ? 'any password' : ''));
  }
  const [, button = ''] = /<button\b([^>]*)>/i.exec(inside) ?? [];
  const pressed = attribute(button, 'name');
  if (pressed !== undefined) form.append(pressed, attribute(button, 'value') ?? '');
  return { url: new URL(attribute(opening, 'action') || url, url), form };
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(tag)?.[1];
  return value
    ?.replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
