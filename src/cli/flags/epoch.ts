import { ConfigurationError } from '../../shared/configuration-error.js';
import type { Site } from '../place.js';

/** A path segment that every URL parser leaves as it is: unreserved characters, and not `.` or `..`. */
const EPOCH = /^(?!\.+$)[A-Za-z0-9._~-]{1,64}$/;

/**
 * The issuer of the authorization server that listens at a place. Clients keep what they have under the issuer, so
 * another epoch is another authorization server to them, with which they register afresh.
 *
 * @param epoch what `--epoch` says
 * @returns the options of the authorization server that follow from that. In demo mode its metadata is at the root too,
 *   where a resource server finds the issuer of the day without being told of the epoch.
 * @throws ConfigurationError for what is not one path segment
 * @see {@link https://www.rfc-editor.org/rfc/rfc3986#section-2.3 RFC 3986 §2.3}
 */
export function issuerAt(
  { url, demoMode }: Site,
  epoch: string | undefined,
): { readonly issuer: string; readonly metadataAtRoot: boolean } {
  if (epoch === undefined) return { issuer: url, metadataAtRoot: false };
  if (!EPOCH.test(epoch)) {
    throw new ConfigurationError(
      'epoch',
      'is one segment of a URL: up to 64 letters, digits, ".", "_", "~" and "-", not dots alone',
    );
  }
  return { issuer: `${url}/${epoch}`, metadataAtRoot: demoMode };
}
