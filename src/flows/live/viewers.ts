import type { Clock } from '../../shared/clock.js';
import { type Parameters, parseParameters, readRawForm } from '../../shared/http/body.js';
import { readBearerToken } from '../../shared/oauth/bearer-token.js';
import type { Random } from '../../shared/random.js';
import { constantTimeEqual } from '../../shared/secret.js';
import { createAttempts } from './attempts.js';
import { asksForPage, refusal } from './refusal.js';
import { signInPage } from './sign-in-page.js';
import { createViewerCookies, csrfTokenOf } from './viewer-cookie.js';

/** Somebody who may look. */
export interface Viewer {
  /** for the field `csrf_token` of every form of the page */
  readonly csrfToken: string;
  /** whether they signed in with the token in this browser, and so may sign out (`POST /flows/sign-out`) */
  readonly signedIn: boolean;
  /** whether it is a program that has shown the token in its request, which no page can make a browser do */
  readonly byToken: boolean;
}

/** What came of somebody who wants to look. */
export type Admission =
  | {
      readonly viewer: Viewer;
      /** `Set-Cookie`, for a page */
      readonly cookie?: string;
      /** whether they are signed in still; left out where nothing ends it */
      readonly isStillIn?: () => boolean;
    }
  | { readonly refusal: Response };

/** Who may look at the flows of one server. */
export interface Viewers {
  admit(request: Request, address: string): Admission;
  /** Answers the form of the sign-in page. @throws OAuthError for what is no form */
  signIn(request: Request, address: string): Promise<Response>;
  /** Answers the form that ends a sign-in; whether it may be posted is looked at before. */
  signOut(request: Request): Response;
}

/** What decides on that. */
export interface ViewersOptions {
  /** of the server, as browsers write it */
  readonly origin: string;
  /** of `--flows-token`; undefined where everybody may look who comes as far as here */
  readonly token: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
}

const CHALLENGE = { 'www-authenticate': 'Bearer realm="mcp-oauth-demo flows"' };

/** Makes the viewers of one server. */
export function createViewers({ origin, token, clock, random }: ViewersOptions): Viewers {
  const attempts = createAttempts(clock);
  const cookies = createViewerCookies(origin, token, { clock, random });

  /** @returns undefined if it is the token; else what is wrong */
  function tokenFault(presented: string, address: string): Fault | undefined {
    const wait = attempts.waitFor(address);
    if (wait > 0) {
      const text = `Too many wrong tokens came from there. Try again in ${wait} s`;
      return { status: 429, text, headers: { 'retry-after': String(wait) } };
    }
    if (token !== undefined && constantTimeEqual(presented, token)) return undefined;
    attempts.wrong(address);
    return { status: 401, text: 'This is not the token', headers: CHALLENGE };
  }

  function withoutToken(request: Request): Admission {
    const cookie = cookies.read(request) ?? cookies.create();
    const viewer = { csrfToken: csrfTokenOf(cookie), signedIn: false, byToken: false };
    return cookies.read(request) === cookie ? { viewer } : { viewer, cookie: cookies.set(cookie) };
  }

  return {
    admit(request, address) {
      if (token === undefined) return withoutToken(request);
      const presented = readBearerToken(request);
      if (presented.kind === 'token') {
        const fault = tokenFault(presented.token, address);
        if (fault) return { refusal: refusal(request, fault.status, fault.text, fault.headers) };
        return { viewer: { csrfToken: '', signedIn: false, byToken: true } };
      }
      const cookie = cookies.read(request);
      if (cookie !== undefined) {
        return {
          viewer: { csrfToken: csrfTokenOf(cookie), signedIn: true, byToken: false },
          isStillIn: () => cookies.read(request) === cookie,
        };
      }
      return {
        refusal: asksForPage(request)
          ? signInPage(401, undefined, CHALLENGE)
          : refusal(
              request,
              401,
              'This needs the token that the server was started with (--flows-token)',
              CHALLENGE,
            ),
      };
    },
    async signIn(request, address) {
      const form: Parameters = parseParameters(await readRawForm(request));
      const fault = tokenFault(form.get('token') ?? '', address);
      if (fault) return signInPage(fault.status, fault.text, fault.headers);
      return new Response(null, {
        status: 303,
        headers: { location: '/flows', 'set-cookie': cookies.set(cookies.create()) },
      });
    },
    signOut(request) {
      const cookie = cookies.end(cookies.read(request));
      return new Response(null, { status: 303, headers: { location: '/flows', 'set-cookie': cookie } });
    },
  };
}

interface Fault {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}
