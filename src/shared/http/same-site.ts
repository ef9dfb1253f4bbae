/**
 * Whether a browser says that a form was posted by a page of another site than our own. Other programs need not say
 * where they come from, and so prove nothing.
 *
 * @param own the origins that our pages are served under
 * @see {@link https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header Fetch Metadata, Sec-Fetch-Site}
 */
export function isPostedByOtherSite(request: Request, own: readonly string[]): boolean {
  const origin = request.headers.get('origin');
  if (origin !== null) return !own.includes(origin);
  const site = request.headers.get('sec-fetch-site');
  return site !== null && site !== 'same-origin' && site !== 'none';
}

/**
 * Whether a browser asks for this on behalf of a page of another origin: to embed it, or to read it. That somebody
 * follows a link to a page is no such thing, as the other page learns nothing by it.
 *
 * @see {@link https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header Fetch Metadata, Sec-Fetch-Site}
 */
export function isAskedByOtherOrigin({ method, headers }: Request): boolean {
  const site = headers.get('sec-fetch-site');
  if (site === null || site === 'same-origin' || site === 'none') return false;
  const followed =
    method === 'GET' &&
    headers.get('sec-fetch-mode') === 'navigate' &&
    headers.get('sec-fetch-dest') === 'document';
  return !followed;
}
