import { SPEC } from '../../specification/spec.js';
import type { Rule } from './rule.js';

/** The rules for what a user meets between the authorization request and the callback. */
export const SIGN_IN_RULES = {
  'as.sign-in-https': {
    level: 'MUST',
    rule: 'every page on the way to the code is served with https (http on loopback)',
    remedy: 'serve the pages with https',
    spec: SPEC.communicationSecurity,
  },
  'as.redirect-exact': {
    level: 'MUST',
    rule: 'a code is sent to the redirect URI of the request, and nowhere else',
    remedy:
      'compare redirect_uri with the registered ones character by character, and send the code to it as it is',
    spec: SPEC.openRedirection,
  },
  'as.redirect-not-307': {
    level: 'MUST',
    rule: 'a form with credentials is not answered with 307, by which the browser would send it on',
    remedy: 'redirect with 303',
    spec: SPEC.redirectStatus,
  },
  'as.redirect-303': {
    level: 'SHOULD',
    rule: 'a form with credentials is answered with the redirect 303',
    remedy: 'redirect with 303 (See Other)',
    spec: SPEC.redirectStatus,
  },
  'as.sign-in-frames': {
    level: 'SHOULD',
    rule: 'the pages keep out of frames of others (frame-ancestors or X-Frame-Options)',
    remedy: "send Content-Security-Policy: frame-ancestors 'none' with every page",
    spec: SPEC.clickjacking,
  },
  'as.sign-in-referrer': {
    level: 'MAY',
    rule: 'the pages keep their URL, which has state and more, from others (Referrer-Policy: no-referrer)',
    remedy: 'send Referrer-Policy: no-referrer with every page',
    spec: SPEC.referrer,
  },
  'as.sign-in-no-store': {
    level: 'MAY',
    rule: 'the pages are not stored by caches (Cache-Control: no-store)',
    remedy: 'send Cache-Control: no-store with every page',
    spec: SPEC.sharedCaches,
  },
  'as.sign-in-no-strangers': {
    level: 'SHOULD',
    rule: 'the pages take no scripts, styles, pictures or frames from other origins',
    remedy: 'serve what the pages need from their own origin',
    spec: SPEC.referrer,
  },
} as const satisfies Readonly<Record<string, Rule>>;
