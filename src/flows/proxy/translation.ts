import { mediaTypeOf } from '../../shared/http/body.js';
import type { Meaning } from '../record/recorded-exchange.js';
import type { Origins } from './origins.js';
import { mapParameters, mapUrlParameters } from './parameters.js';

/** The identifier of the MCP server, as the client knows it and as the servers do. */
export interface ResourceNames {
  readonly local: string;
  readonly upstream: string;
}

/** What is different in a request when it is sent on. */
export interface TranslatedRequest {
  /** with the question mark; '' where there is none */
  readonly search: string;
  readonly body: string;
  /** in words */
  readonly changes: readonly string[];
}

/** What is for the servers what the client says, letter by letter. */
const OPAQUE: ReadonlySet<string> = new Set(['state', 'redirect_uri', 'client_id', 'code', 'nonce']);

/** Requests that are OAuth: only what names the MCP server is changed in them. */
const OAUTH: ReadonlySet<Meaning> = new Set([
  'authorization-request',
  'token-request',
  'registration',
  'client-configuration',
  'introspection',
  'revocation',
  'keys',
  'authorization-server-metadata',
]);

/**
 * A request to the authorization server as it would be without this proxy.
 *
 * @param names undefined while the MCP server has not said who it is
 * @see {@link https://www.rfc-editor.org/rfc/rfc8707#section-2 RFC 8707 §2} for `resource`
 */
export function requestInward(
  request: {
    readonly meaning: Meaning;
    readonly search: string;
    readonly headers: Headers;
    readonly body: string;
  },
  origins: Origins,
  names: ResourceNames | undefined,
): TranslatedRequest {
  const { meaning, search, headers, body } = request;
  const changes = new Set<string>();
  const strict = OAUTH.has(meaning) || isPushed(body);
  const change = (name: string, value: string) => {
    if (OPAQUE.has(name) || (strict && !/^(?:resource|audience)$/.test(name))) return value;
    const inward = value === names?.local ? names.upstream : origins.inward(value);
    if (inward !== value && name === 'resource') {
      changes.add(`resource ${value} in the request is sent on as ${inward}`);
    }
    return inward;
  };
  const type = mediaTypeOf(headers.get('content-type'));
  const isForm = type === 'application/x-www-form-urlencoded';
  const isPageData = !strict && type.endsWith('json');
  return {
    search: mapUrlParameters(search, change),
    body: isForm ? mapParameters(body, change) : isPageData ? origins.inward(body) : body,
    changes: [...changes],
  };
}

/** A pushed authorization request (RFC 9126) is one wherever it is sent to. */
function isPushed(body: string): boolean {
  return /(?:^|&)response_type=/.test(body);
}

/**
 * The answer to an authorization request, on its way to the client: `iss` names the authorization server as the client knows
 * it.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9207#section-2 RFC 9207 §2}
 */
export function callbackOutward(location: string, origins: Origins): string {
  return mapUrlParameters(location, (name, value) => (name === 'iss' ? origins.outward(value) : value));
}

/** Why what a client sends is good at the real authorization server only; undefined if it is not. */
export function boundToIssuer(headers: Headers, search: string, body: string): string | undefined {
  const form = new URLSearchParams(body);
  const query = new URLSearchParams(search);
  if (headers.has('dpop')) return 'the client proves a key with DPoP, whose proofs name the URL that it asks';
  if (form.has('client_assertion')) {
    return 'the client authenticates with an assertion whose audience is the issuer that it knows (private_key_jwt)';
  }
  if (query.has('request') || form.has('request')) {
    return 'the client signs its authorization request for the issuer that it knows (RFC 9101)';
  }
  return undefined;
}
