import * as z from 'zod';
import { webOrigin } from '../../shared/http/web-origin.js';
import { GRANT_TYPES } from '../../shared/oauth/grant-types.js';
import { isAppScheme } from '../../shared/oauth/redirect-uri.js';
import { REGISTRATION_MECHANISMS } from '../../shared/oauth/registration-mechanisms.js';
import { distinctResources, isResourceIdentifier } from '../../shared/oauth/resource.js';
import { isScopeToken } from '../../shared/oauth/scope.js';
import { hasPlainPath } from '../../shared/oauth/uri.js';
import { UNKNOWN_CLIENTS } from '../clients/told-to-register.js';

/** Long enough for a client that lost an answer to ask again; each second more is one for a thief. */
const MAX_REFRESH_GRACE_SECONDS = 60;

const someSeconds = z
  .number('must be a number of seconds')
  .int('must be whole seconds')
  .positive('must be at least 1 second');

const seconds = (fallback: number) => someSeconds.default(fallback);

const scopes = z
  .array(z.string().refine(isScopeToken, 'is not one scope (RFC 6749 §3.3)'))
  .min(1, 'needs at least one scope')
  .transform((each) => [...new Set(each)]);

/** Each option by itself: its form, and its default. */
export const OPTIONS = z.strictObject({
  issuer: z
    .string()
    .refine(isIssuer, 'must be an http(s) URL without query, fragment, user name and trailing slash')
    .refine(hasPlainPath, 'must have a path of letters, digits, ".", "_", "~" and "-", without dot segments'),
  insecureHttp: z.boolean().default(false),
  metadataAtRoot: z.boolean().default(false),
  demoMode: z.boolean().default(false),
  scopes: scopes.default(['user']),
  defaultScopes: scopes.optional(),
  registration: z
    .array(z.enum(REGISTRATION_MECHANISMS, `must be one of ${REGISTRATION_MECHANISMS.join(', ')}`))
    .min(1, `needs at least one of ${REGISTRATION_MECHANISMS.join(', ')}`)
    .default([...REGISTRATION_MECHANISMS]),
  redirectSchemes: z
    .array(z.string().refine(isAppScheme, "must be an app's own scheme without its colon, as in myapp"))
    .default([]),
  cimdTrust: z
    .array(
      z
        .string()
        .refine(
          isHost,
          'must be a host as in a URL, in lower case, with :port unless that is 443, as in app.example.com',
        ),
    )
    .default([]),
  cimdAllowLoopback: z.boolean().default(false),
  clients: z.array(z.unknown()).default([]),
  unknownClients: z.enum(UNKNOWN_CLIENTS, `must be one of ${UNKNOWN_CLIENTS.join(', ')}`).optional(),
  users: z.array(z.unknown()).default([]),
  resources: z
    .array(
      z
        .string()
        .refine(isResourceIdentifier, 'must be an absolute http(s) URL without fragment (RFC 8707 §2)'),
    )
    .default([])
    .transform(distinctResources),
  rsCredentials: z
    .array(
      z.strictObject({
        id: z.string().min(1, 'must not be empty'),
        secret: z.string().min(1, 'must not be empty'),
      }),
    )
    .default([]),
  openIntrospection: z.boolean().default(false),
  tokenFormat: z.enum(['opaque', 'jwt'], 'must be opaque or jwt').default('opaque'),
  signingAlg: z.enum(['ES256', 'RS256'], 'must be ES256 or RS256').default('ES256'),
  maxRegistrations: z
    .number('must be a number')
    .int('must be a whole number')
    .positive('must be at least 1')
    .default(100_000),
  // Not texts here: what is wrong with a text in a list is told with the text, and these are secrets.
  storeKeys: z.array(z.unknown()).default([]),
  rotateKeysEverySeconds: someSeconds.optional(),
  grants: z
    .array(z.enum(GRANT_TYPES, `must be one of ${GRANT_TYPES.join(', ')}`))
    .refine((grants) => grants.includes('authorization_code'), 'needs authorization_code')
    .default(['authorization_code', 'refresh_token'])
    .transform((grants) => [...new Set(grants)]),
  refreshGraceSeconds: z
    .number('must be a number of seconds')
    .int('must be whole seconds')
    .min(0, 'must be 0 seconds or more')
    .max(MAX_REFRESH_GRACE_SECONDS, `must be ${MAX_REFRESH_GRACE_SECONDS} seconds or less`)
    .default(0),
  accessTokenSeconds: seconds(3600),
  codeSeconds: seconds(60).pipe(z.number().max(600, 'must be 600 seconds or less: a code is for at once')),
  refreshTokenSeconds: seconds(30 * 24 * 3600),
  allowOrigins: z.array(webOrigin).default([]),
  rateLimit: z.boolean().optional(),
});

/** The options with their defaults, before they are held against each other. */
export type ParsedOptions = z.output<typeof OPTIONS>;

/** Whether a value is spelled as `URL.host` spells it, for the scheme https. */
function isHost(value: string): boolean {
  return /^[a-z0-9.:[\]-]+$/.test(value) && URL.parse(`https://${value}/`)?.host === value;
}

function isIssuer(value: string): boolean {
  const url = URL.parse(value);
  return (
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    !/[?#]/.test(value) &&
    !value.endsWith('/') &&
    url.username === '' &&
    url.password === ''
  );
}
