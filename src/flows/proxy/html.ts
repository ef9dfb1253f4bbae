import type { Origins } from './origins.js';

/** A policy in the page itself that would send its forms and scripts to https. */
const INSECURE_POLICY = /(?:upgrade-insecure-requests|block-all-mixed-content)\s*;?\s*/gi;

/** The hash of a file that may have been rewritten. */
const INTEGRITY =
  /(<(?:script|link)\b[^<>]{0,4000}?)\sintegrity\s*=\s*(?:"[^"]{0,1000}"|'[^']{0,1000}'|[^\s>]{1,1000})/gi;

/** A page, script or JSON of a server, whose links, forms and requests lead to this proxy. */
export function pageOutward(page: string, origins: Origins): string {
  return origins.relativeOutward(origins.outward(page)).replace(INSECURE_POLICY, '').replace(INTEGRITY, '$1');
}

/** Types of what is rewritten when it comes from where people sign in. */
export function isRewritten(mediaType: string): boolean {
  return /^(?:text\/html|application\/xhtml\+xml|(?:text|application)\/(?:x-)?javascript|application\/(?:[\w.-]+\+)?json)$/.test(
    mediaType,
  );
}

/** What belongs to the look of a page, and tells nothing of a flow. */
export function isAsset(mediaType: string): boolean {
  return /^(?:text\/css|(?:text|application)\/(?:x-)?javascript|image\/|font\/|application\/(?:x-)?font|audio\/|video\/|application\/wasm)/.test(
    mediaType,
  );
}
