import { mediaTypeOf, readText } from '../shared/http/body.js';
import { type PresentedToken, readBearerToken } from '../shared/oauth/bearer-token.js';
import { withinTime } from './unavailable.js';

/** No form that holds a token and nothing else is larger. What is larger is not read to its end. */
const MAX_FORM_BYTES = 16 * 1024;
/** A form that takes longer than this to come is not waited for: nobody has shown a token yet. */
const FORM_PATIENCE_MILLISECONDS = 1000;

/**
 * Finds the token of a request to the resource. A form body is looked at only to tell its sender that tokens do not
 * belong there; the body of any other kind is left alone.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6750#section-2.2 RFC 6750 §2.2}
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1-13#section-5.1 OAuth 2.1 §5.1}
 */
export async function readPresentedToken(request: Request): Promise<PresentedToken> {
  const presented = readBearerToken(request);
  const isPlain =
    presented.kind === 'token' || (presented.kind === 'none' && presented.reason === 'token_missing');
  if (!isPlain || !(await hasTokenInForm(request))) return presented;
  return presented.kind === 'none'
    ? { kind: 'none', reason: 'token_in_body' }
    : {
        kind: 'malformed',
        reason: 'token_sent_twice',
        description: 'the token belongs into the Authorization header, and nowhere else',
      };
}

async function hasTokenInForm(request: Request): Promise<boolean> {
  const mediaType = mediaTypeOf(request.headers.get('content-type'));
  if (request.method !== 'POST' || mediaType !== 'application/x-www-form-urlencoded') return false;
  try {
    const form = await withinTime(FORM_PATIENCE_MILLISECONDS, () => readText(request, MAX_FORM_BYTES));
    return new URLSearchParams(form).has('access_token');
  } catch {
    return false;
  }
}
