import type { KnownSecrets } from './known-secrets.js';
import { type Secrecy, secrecyOf } from './secret-names.js';

/** The name of a parameter in a URL or form inside a text, which may be inside of a parameter itself. */
const PARAMETER = /(?:^|[?&#;]|%(?:25)*(?:3f|26|23|3b))([\w.~[\]-]{1,64})(?:=|%(?:25)*3d)/gi;

/** What stands behind such a name. */
const PARAMETER_VALUE = /(?:(?!%(?:25)*(?:26|23))[^&#\s"'<>])+/iy;

/** A member of JSON that can't be read as such, because it was cut off or is part of something else. */
const IN_JSON = /("([\w.-]{1,64})"\s{0,9}:\s{0,9}")((?:[^"\\]|\\.)+)/g;

/** The same inside of a text of JSON. */
const IN_QUOTED_JSON = /(\\"([\w.-]{1,64})\\{1,7}"\s{0,9}:\s{0,9}\\{1,7}")([^"\\]+)/g;

/** Credentials as in an Authorization header; what ends with `=` and a value is a parameter of a challenge. */
const CREDENTIALS = /\b((?:bearer|basic|dpop)(?: |%20|\+))([A-Za-z\d._~+/-]{16,8000}=*)(?!["\w=])/gi;

/** As in `dpop` and what stands behind it. */
const SHORTEST_CREDENTIALS = 20;

/** JSON Web Tokens, signed or encrypted. */
const JWT = /(?<![\w-])eyJ[\w-]{16,}(?:\.[\w-]*){2,4}/g;

/** User name and password in a URL. */
const USER_IN_URL = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#@"'<>]{1,2000}@/gi;

/** What takes the place of a text or a body that may hold a secret which was not remembered. */
export const WITHHELD = '[withheld: more secrets than a flow has]';

/** A text that may have URLs, JSON and secrets of the run in it, without the secret parts. */
export function redactedText(text: string, secrets: KnownSecrets): string {
  let safe = text;
  // Most texts have none of what these look for, and to look for a character costs next to nothing.
  if (safe.includes('=') || safe.includes('%')) safe = withoutParameters(safe, secrets);
  if (safe.includes('"')) {
    const member = (_whole: string, before: string, name: string, value: string) =>
      before + hidden(value, secrecyOf(name, value, 'member'), secrets);
    safe = safe.replace(IN_JSON, member).replace(IN_QUOTED_JSON, member);
  }
  if (safe.length >= SHORTEST_CREDENTIALS) {
    safe = safe
      .replace(CREDENTIALS, (whole, scheme: string, value: string) =>
        /\d/.test(value) ? scheme + secrets.mask(value) : whole,
      )
      .replace(JWT, (token) => secrets.mask(token));
  }
  if (safe.includes('@'))
    safe = safe.replace(USER_IN_URL, (_whole, scheme: string) => `${scheme}[redacted]@`);
  return secrets.overflowed ? WITHHELD : secrets.hide(safe);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function withoutParameters(text: string, secrets: KnownSecrets): string {
  let safe = '';
  let kept = 0;
  for (const { 0: before, 1: name = '', index } of text.matchAll(PARAMETER)) {
    if (index < kept) continue;
    const at = index + before.length;
    PARAMETER_VALUE.lastIndex = at;
    const [written = ''] = PARAMETER_VALUE.exec(text) ?? [];
    const value = decoded(written);
    const secrecy = secrecyOf(name, value, 'parameter');
    if (secrecy === undefined || written === '') continue;
    safe += text.slice(kept, at) + hidden(value, secrecy, secrets);
    kept = at + written.length;
  }
  return safe + text.slice(kept);
}

/** A value as it is shown. */
export function hidden(value: string, secrecy: Secrecy | undefined, secrets: KnownSecrets): string {
  if (secrecy === undefined) return value;
  return secrecy === 'mask' ? secrets.mask(value) : secrets.drop(value);
}
