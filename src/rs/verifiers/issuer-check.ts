import type { AuthorizationServer } from '../authorization-servers/authorization-server.js';
import { isSameIssuer } from '../authorization-servers/found.js';
import { invalidToken, ofAnotherIssuer } from './invalid-token.js';

/** For how long after a look tokens of yet another issuer don't make the authorization server be looked at again. */
const PAUSE_MILLISECONDS = 1000;

/**
 * Makes the check that a token names the issuer of an authorization server, character by character. Where that may have
 * changed, as with `--epoch`, the metadata is read again for an issuer that is not known.
 *
 * @returns a function that throws OAuthError `invalid_token`; `temporarily_unavailable` if the issuer can't be told now
 * @see {@link https://www.rfc-editor.org/rfc/rfc9068#section-4 RFC 9068 §4}
 */
export function createIssuerCheck({
  authorizationServer,
  milliseconds,
}: {
  readonly authorizationServer: AuthorizationServer;
  /** monotonic */
  readonly milliseconds: () => number;
}): (named: string | undefined) => Promise<void> {
  let lookedAt = -Infinity;
  let looking: Promise<unknown> | undefined;

  async function look(): Promise<void> {
    if (milliseconds() - lookedAt >= PAUSE_MILLISECONDS) {
      lookedAt = milliseconds();
      // Whether it is found matters to who asks for it next; here it is enough that it was looked for.
      looking = authorizationServer.findAnew().catch(() => undefined);
    }
    await looking;
  }

  return async (named) => {
    if (named === undefined) {
      throw invalidToken('issuer_mismatch', 'the access token does not name its issuer', 'iss is not there');
    }
    if (!isSameIssuer(authorizationServer.issuer(), named)) await look();
    const { issuer } = await authorizationServer.find();
    if (issuer !== named) throw ofAnotherIssuer(named);
  };
}
