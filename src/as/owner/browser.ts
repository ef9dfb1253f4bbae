import { hashSecret } from '../../shared/secret.js';
import type { Services } from '../services.js';
import { newCookie, readCookie } from './cookies.js';

/** The browser that a page is shown in, by which the answer to the page is recognised. */
export interface OwnerBrowser {
  readonly hash: string;
  /** the `Set-Cookie` header that belongs to the page */
  readonly cookie: string;
}

/** Recognises the browser, or gives it a cookie to be recognised by. */
export function recogniseBrowser({ config, random }: Services, request: Request): OwnerBrowser {
  const value = readCookie(config.issuer, 'browser', request) ?? random.token(32);
  return { hash: hashSecret(value), cookie: newCookie(config.issuer, 'browser', value) };
}
