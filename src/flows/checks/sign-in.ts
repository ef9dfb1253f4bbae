import { mediaTypeOf } from '../../shared/http/body.js';
import type { StepCheck } from '../context.js';
import type { HttpExchange } from '../exchange/exchange.js';
import { attributesOf } from '../parsing/html.js';
import { checked, cut, headerEvidence, isNoStore, isSecureUrl } from './checked.js';

/**
 * What the pages and redirects between the authorization request and the callback settle. Only a client that signs in
 * by itself sees them.
 *
 * @param exchanges of the browser, in order; none if somebody signed in elsewhere
 */
export function checkSignIn(exchanges: readonly HttpExchange[], redirectUri: string): readonly StepCheck[] {
  if (exchanges.length === 0) return [];
  const insecure = exchanges.filter(({ request }) => !isSecureUrl(request.url));
  return [
    checked(
      'as.sign-in-https',
      insecure.length === 0,
      cut([...new Set((insecure.length > 0 ? insecure : exchanges).map(placeOf))].join(', ')),
    ),
    ...checkRedirects(exchanges, redirectUri),
    ...checkPages(exchanges),
  ];
}

function placeOf({ request }: HttpExchange): string {
  const url = new URL(request.url);
  return `${url.origin}${url.pathname}`;
}

function locationOf({ request, response }: HttpExchange): URL | undefined {
  const location = response?.headers.get('location');
  if (!response || location == null || response.status < 300 || response.status >= 400) return undefined;
  return URL.parse(location, request.url) ?? undefined;
}

/**
 * Whether a redirect takes the code of this request somewhere. An authorization server may have its users sign in
 * elsewhere, and then codes come back to itself that are for nobody else.
 */
function answers({ origin, searchParams, hash }: URL, { request }: HttpExchange): boolean {
  const asked = new URL(request.url);
  const fragment = new URLSearchParams(hash.slice(1));
  const has = (name: string, value?: string | null) =>
    [searchParams, fragment].some((all) => (value == null ? all.has(name) : all.get(name) === value));
  return has('code') && has('state', asked.searchParams.get('state')) && origin !== asked.origin;
}

function checkRedirects(exchanges: readonly HttpExchange[], redirectUri: string): readonly StepCheck[] {
  const answered = exchanges
    .map(locationOf)
    .filter((to) => to !== undefined)
    .filter((to) => answers(to, exchanges[0]!))
    .map(({ origin, pathname }) => `${origin}${pathname}`);
  const posted = exchanges.filter(({ request }) => request.method === 'POST');
  const redirected = posted.filter((exchange) => locationOf(exchange) !== undefined);
  const statuses = redirected.map(({ response }) => response?.status);
  const evidence = redirected.length === 0 ? 'no form was answered with a redirect' : statuses.join(', ');
  return [
    checked(
      'as.redirect-exact',
      answered.length === 0 ? undefined : answered.every((url) => url === redirectUri),
      answered.length === 0 ? 'no code was sent' : cut(`code sent to ${answered.join(', ')}`),
    ),
    checked('as.redirect-not-307', redirected.length === 0 ? undefined : !statuses.includes(307), evidence),
    checked(
      'as.redirect-303',
      redirected.length === 0 ? undefined : statuses.every((status) => status === 303),
      evidence,
    ),
  ];
}

function checkPages(exchanges: readonly HttpExchange[]): readonly StepCheck[] {
  // What comes with a redirect is shown to nobody.
  const pages = exchanges.filter(
    (exchange) =>
      mediaTypeOf(exchange.response?.headers.get('content-type') ?? null) === 'text/html' &&
      locationOf(exchange) === undefined,
  );
  const without = (isGood: (headers: Headers) => boolean) =>
    pages.find(({ response }) => response && !isGood(response.headers));
  const settle = (
    id: 'as.sign-in-frames' | 'as.sign-in-referrer' | 'as.sign-in-no-store',
    isGood: (headers: Headers) => boolean,
    header: string,
  ): StepCheck => {
    const bad = without(isGood);
    const shown = bad ?? pages.at(-1);
    return checked(
      id,
      pages.length === 0 ? undefined : bad === undefined,
      shown?.response
        ? cut(`${placeOf(shown)}: ${headerEvidence(shown.response.headers, header)}`)
        : 'no page was shown',
    );
  };
  const strangers = pages.flatMap(strangersOf);
  return [
    settle('as.sign-in-frames', keepsOutOfFrames, 'content-security-policy'),
    settle('as.sign-in-referrer', hidesReferrer, 'referrer-policy'),
    settle('as.sign-in-no-store', isNoStore, 'cache-control'),
    checked(
      'as.sign-in-no-strangers',
      pages.length === 0 ? undefined : strangers.length === 0,
      pages.length === 0
        ? 'no page was shown'
        : strangers.length === 0
          ? 'none'
          : cut([...new Set(strangers)].join(', ')),
    ),
  ];
}

function keepsOutOfFrames(headers: Headers): boolean {
  const policy = headers.get('content-security-policy') ?? '';
  return /(?:^|[;,\s])frame-ancestors\s/i.test(policy) || headers.has('x-frame-options');
}

function hidesReferrer(headers: Headers): boolean {
  const policies = (headers.get('referrer-policy') ?? '').toLowerCase().split(',');
  return ['no-referrer', 'same-origin'].includes(policies.at(-1)!.trim());
}

/** The other origins from which a page takes scripts, styles, pictures and frames. */
function strangersOf({ request, response }: HttpExchange): readonly string[] {
  const { origin } = new URL(request.url);
  const tags = response?.body.match(/<(?:script|link|img|iframe|object|embed)\b[^>]*>/gi) ?? [];
  return tags
    .map(attributesOf)
    .map(({ src, href, data }) => src ?? href ?? data)
    .map((named) => (named === undefined ? undefined : URL.parse(named, request.url)))
    .filter((url) => url != null && /^https?:$/.test(url.protocol) && url.origin !== origin)
    .map((url) => url!.origin);
}
