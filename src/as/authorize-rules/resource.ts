import { OAuthError } from '../../shared/oauth/errors.js';
import { distinctResources, isResourceIdentifier, isSameResource } from '../../shared/oauth/resource.js';
import type { RuleInput } from './input.js';

/** More than anybody asks for. */
const MAX_RESOURCES = 10;
const MAX_RESOURCE_LENGTH = 2048;

/** What a request asks to do it at, and where that comes from. */
export interface CheckedResource {
  readonly resource: readonly string[];
  /** true if none was named, and the only known one was put in */
  readonly defaulted: boolean;
  /** of those named, the ones that are not configured; empty where none are */
  readonly unknown: readonly string[];
}

/**
 * Every `resource` is an absolute URI without fragment, and one that tokens may be for: a configured one, in demo mode
 * any. A request that names none gets the only configured one.
 *
 * @throws OAuthError `invalid_target`
 * @see {@link https://www.rfc-editor.org/rfc/rfc8707#section-2.1 RFC 8707 §2.1}
 */
export function checkResource({ parameters, services }: RuleInput): CheckedResource {
  const { resources: known, demoMode } = services.config;
  const asked = parameters.all('resource');
  if (asked.length === 0) {
    const defaulted = known.length === 1;
    return { resource: defaulted ? known : [], defaulted, unknown: [] };
  }
  if (
    asked.length > MAX_RESOURCES ||
    !asked.every((uri) => uri.length <= MAX_RESOURCE_LENGTH && isResourceIdentifier(uri))
  ) {
    throw new OAuthError('invalid_target', 'resource must be an absolute http(s) URI without fragment', {
      reason: 'resource_malformed',
    });
  }
  // A token names a configured resource as it is configured, whichever way the client spelled it.
  const resource = distinctResources(asked).map(
    (uri) => known.find((one) => isSameResource(one, uri)) ?? uri,
  );
  const unknown = resource.filter((uri) => !known.includes(uri));
  if (unknown.length > 0 && !demoMode) {
    throw new OAuthError('invalid_target', 'resource is not known here', { reason: 'resource_unknown' });
  }
  return { resource, defaulted: false, unknown: known.length > 0 ? unknown : [] };
}
