import { isPostedByOtherSite } from '../../shared/http/same-site.js';
import { OAuthError } from '../../shared/oauth/errors.js';
import type { AuthorizationServerConfig } from '../config/index.js';

/**
 * A form of ours is posted from our own page; a browser says where it comes from, and other programs need not.
 *
 * @throws OAuthError `invalid_request` with status 403
 */
export function checkSameSite(
  { issuer, demoMode }: Pick<AuthorizationServerConfig, 'issuer' | 'demoMode'>,
  request: Request,
): void {
  // In demo mode a page may have been opened by another name of this machine, and by no other kind of name.
  const own = [new URL(issuer).origin, ...(demoMode ? [new URL(request.url).origin] : [])];
  if (isPostedByOtherSite(request, own)) {
    throw new OAuthError('invalid_request', 'this form was posted by another site', {
      status: 403,
      reason: 'origin_not_allowed',
    });
  }
}
