import { mediaTypeOf } from '../../shared/http/body.js';

/** Whether a person asks, for whom a page is made. */
export function asksForPage({ method, headers }: Request): boolean {
  return method === 'GET' && (headers.get('accept') ?? '').split(',').map(mediaTypeOf).includes('text/html');
}

/** Whether a program asks, which wants JSON and not a page. */
export function wantsJson({ headers }: Request): boolean {
  const accepted = (headers.get('accept') ?? '').split(',').map(mediaTypeOf);
  return accepted.includes('application/json') && !accepted.includes('text/html');
}

/**
 * A refusal of something under `/flows`, in the form that was asked for.
 *
 * @param text what is wrong, in words
 */
export function refusal(
  request: Request,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return wantsJson(request)
    ? Response.json({ error: text }, { status, headers })
    : new Response(`${text}\n`, {
        status,
        headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
      });
}
