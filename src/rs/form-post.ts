import { readText } from '../shared/http/body.js';
import type { Fetch } from '../shared/http/fetch.js';

/** The way out that introspection takes: narrow, so that a process can put a pool of connections behind it. */
export type PostForm = (
  url: string,
  request: { headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<{ status: number; body: string }>;

/** Posts forms with `fetch`. A redirect is not followed: it would show token and credentials to somebody else. */
export function createFormPost(send: Fetch): PostForm {
  return async (url, { headers, body, signal }) => {
    const response = await send(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    return { status: response.status, body: await readText(response) };
  };
}
