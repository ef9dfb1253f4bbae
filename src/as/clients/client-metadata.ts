import * as z from 'zod';
import { malformedRedirectUri } from '../../shared/oauth/redirect-uri.js';
import { parseScope } from '../../shared/oauth/scope.js';
import { isPrintable } from '../../shared/printable.js';
import { KEY_SET } from './key-set.js';
import { MAX_REDIRECT_URI_LENGTH } from './redirect-uris.js';

const webUrl = z
  .string('must be a string')
  .max(2048, 'is too long')
  .refine((value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ''), 'must be an http(s) URL');

/** Well-formed; whether it is allowed here depends on the configuration. */
const redirectUri = z.string('must be a string').superRefine((value, context) => {
  const fault = value.length > MAX_REDIRECT_URI_LENGTH ? 'is too long' : malformedRedirectUri(value);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

const names = z
  .array(z.string('must be a string').max(200, 'is too long'), 'must be an array of strings')
  .max(20, 'has too many entries');

/**
 * The members of client metadata that mean something here; others are ignored, as the RFC demands.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-2 RFC 7591 §2}
 */
export const CLIENT_METADATA = z.object({
  redirect_uris: z
    .array(redirectUri, 'must be an array of strings')
    .max(20, 'has too many entries')
    .optional(),
  token_endpoint_auth_method: z.string('must be a string').max(100, 'is too long').optional(),
  grant_types: names.optional(),
  response_types: names.optional(),
  client_name: z
    .string('must be a string')
    .max(200, 'is longer than 200 characters')
    .refine(isPrintable, 'has a control character, a line separator or a mark that turns text around')
    .refine((value) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(value), 'has nothing that a person could read')
    .optional(),
  client_uri: webUrl.optional(),
  logo_uri: webUrl.optional(),
  tos_uri: webUrl.optional(),
  policy_uri: webUrl.optional(),
  contacts: names.optional(),
  scope: z
    .string('must be a string')
    .max(2000, 'is too long')
    .refine(
      (value) => parseScope(value) !== undefined,
      'has a character that a scope cannot have (RFC 6749 §3.3)',
    )
    .optional(),
  software_id: z.string('must be a string').max(200, 'is too long').optional(),
  software_version: z.string('must be a string').max(200, 'is too long').optional(),
  application_type: z.string('must be a string').max(50, 'is too long').optional(),
  jwks: KEY_SET.optional(),
  jwks_uri: webUrl.optional(),
});

/** What a client asks for, before it is decided what is served. */
export type RequestedClientMetadata = z.infer<typeof CLIENT_METADATA>;

/** Drops members that say nothing: null, and the empty strings that some clients send for what they do not know. */
export function withoutEmptyMembers(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null && member !== ''));
}
