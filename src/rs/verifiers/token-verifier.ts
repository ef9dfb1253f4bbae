/** What is known of an access token that proved good. Members that are on the wire too keep their names. */
export interface VerifiedToken {
  /** the token's fingerprint; the token itself goes no further than the verifier */
  readonly fingerprint: string;
  /** the authorization server that vouches for it, in its own spelling */
  readonly iss: string;
  readonly client_id?: string;
  readonly sub?: string;
  readonly scope: readonly string[];
  readonly aud: readonly string[];
  /** seconds since the epoch */
  readonly exp?: number;
  /** all that was said of it, as it came: the claims of a JWT, or the members of the introspection response */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The token that came with a request and was accepted. */
export interface AcceptedToken {
  readonly token: VerifiedToken;
  /** tells it from all other tokens, as the shorter fingerprint may not */
  readonly hash: string;
}

/** Tells good tokens from bad ones. */
export interface TokenVerifier {
  /** @throws OAuthError `invalid_token` for a bad token, `temporarily_unavailable` if that can't be told now */
  verify(token: string): Promise<VerifiedToken>;
  /** Drops what is kept of a token that was refused; absent where nothing is kept. */
  forget?(token: string): void;
}

/** Tells good tokens of one issuer from bad ones. */
export interface IssuerVerifier extends TokenVerifier {
  /**
   * Looks whether tokens could be told apart now, without one.
   *
   * @param signal ends the look
   * @throws if they could not
   */
  probe(signal: AbortSignal): Promise<unknown>;
}
