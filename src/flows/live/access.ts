import { mediaTypeOf, type Parameters, parseParameters, readRawForm } from '../../shared/http/body.js';
import { isAddressedToLoopback } from '../../shared/http/loopback.js';
import type { Peer } from '../../shared/http/peer.js';
import { isAskedByOtherOrigin, isPostedByOtherSite } from '../../shared/http/same-site.js';
import type { Ticker } from '../../shared/ticker.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import { constantTimeEqual } from '../../shared/secret.js';
import { endingStream } from './ending-stream.js';
import { refusal } from './refusal.js';
import { createViewers, type Viewer, type ViewersOptions } from './viewers.js';

/** What answers those who may look. */
export type Pages = (request: Request, viewer: Viewer) => Promise<Response | undefined>;

/** Who may look. */
export interface AccessOptions extends ViewersOptions {
  readonly demoMode: boolean;
  /** by which it is looked whether those who read a stream are signed in still */
  readonly ticker: Ticker;
}

/** Answers a request to `/flows`; undefined where there is nothing for whoever asks. */
export type Gate = (request: Request, peer?: Peer) => Promise<Response | undefined>;

/** Where no address is known, all share one. */
const NO_ADDRESS = '';

/**
 * Makes the gate in front of what is under `/flows`. With a token, whoever has it may look: a program shows it as a bearer
 * token, a browser is asked for it on a page. Without one, whoever has addressed this machine by a loopback name, in
 * demo mode. Pages of other origins can neither read, embed nor post anything here.
 */
export function createAccess(options: AccessOptions, pages: Pages): Gate {
  const viewers = createViewers(options);

  const isOpenTo = (request: Request): boolean =>
    options.token !== undefined || (options.demoMode && isAddressedToLoopback(request));

  /** In demo mode a page may have been opened by another name of this machine. */
  const ownOrigins = (request: Request): readonly string[] =>
    options.demoMode && isAddressedToLoopback(request)
      ? [options.origin, new URL(request.url).origin]
      : [options.origin];

  async function answer(request: Request, address: string): Promise<Response | undefined> {
    const { pathname } = new URL(request.url);
    const isPost = request.method === 'POST';
    if (isPost ? isPostedByOtherSite(request, ownOrigins(request)) : isAskedByOtherOrigin(request)) {
      return refusal(request, 403, 'Pages of other origins have no access to this');
    }
    if (isPost && pathname === '/flows/sign-in' && options.token !== undefined) {
      return viewers.signIn(request, address);
    }
    const admission = viewers.admit(request, address);
    if ('refusal' in admission) return admission.refusal;
    const { viewer, cookie, isStillIn } = admission;
    if (isPost && pathname === '/flows/sign-out') {
      checkCsrfToken(viewer, parseParameters(await readRawForm(request)));
      return viewers.signOut(request);
    }
    const response = await pages(request, viewer);
    if (response === undefined) return undefined;
    if (isStillIn !== undefined && isType(response, 'text/event-stream') && response.body !== null) {
      return new Response(endingStream(response.body, isStillIn, options.ticker), response);
    }
    return cookie !== undefined && isType(response, 'text/html')
      ? withHeaders(response, { 'set-cookie': cookie })
      : response;
  }

  return async (request, peer) => {
    if (!isOpenTo(request)) return undefined;
    const response = await answer(request, peer?.address ?? NO_ADDRESS).catch((thrown: unknown) => {
      if (!(thrown instanceof OAuthError)) throw thrown;
      return refusal(request, thrown.status, thrown.description);
    });
    return response && guarded(response);
  };
}

/**
 * The form was posted from a page that was made for this viewer. A program that has shown the token needs no such proof.
 *
 * @throws OAuthError with status 403
 */
export function checkCsrfToken(viewer: Viewer, form: Parameters): void {
  if (viewer.byToken || constantTimeEqual(form.get('csrf_token') ?? '', viewer.csrfToken)) return;
  throw new OAuthError(
    'invalid_request',
    'this page is from before the last sign-in, or not from here; load it again',
    {
      status: 403,
      reason: 'csrf_mismatch',
    },
  );
}

function isType({ headers }: Response, mediaType: string): boolean {
  return mediaTypeOf(headers.get('content-type')) === mediaType;
}

/** What every answer says, so that no other page can frame, embed or keep it. */
function guarded(response: Response): Response {
  const { headers } = response;
  return withHeaders(response, {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-resource-policy': 'same-origin',
    // `no-referrer` would make browsers post our forms with `Origin: null`.
    'referrer-policy': 'same-origin',
    ...(!headers.has('cache-control') && { 'cache-control': 'no-store' }),
    ...(!headers.has('content-security-policy') && { 'content-security-policy': "frame-ancestors 'none'" }),
  });
}

function withHeaders(
  { body, status, statusText, headers }: Response,
  more: Readonly<Record<string, string>>,
): Response {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(more)) {
    if (name === 'set-cookie') all.append(name, value);
    else all.set(name, value);
  }
  return new Response(body, { status, statusText, headers: all });
}
