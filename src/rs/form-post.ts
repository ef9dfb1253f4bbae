import { readText } from '../shared/http/body.js';
import type { Fetch } from '../shared/http/fetch.js';
import type { PostForm } from '../shared/http/post-form.js';

/** Posts forms with `fetch`. A redirect is not followed: it would show token and credentials to somebody else. */
export function createFormPost(send: Fetch): PostForm {
  return async (url, { headers, body, signal }) => {
    const response = await send(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    return { status: response.status, body: await readText(response) };
  };
}
