/**
 * What somebody who watches a client can do to it at the authorization server, to see what it does then: the contract
 * between the live page and the server. Neither knows the other.
 *
 * - `expire-tokens`: its access tokens end now; refresh tokens live on, so that a refresh can be watched
 * - `revoke`: what its users allowed ends, and all tokens with it; its registration stays
 * - `forget`: the same, and the registration goes too
 * - `new-epoch`: the server becomes another one to every client, with another issuer
 */
export const CLIENT_LEVERS = ['expire-tokens', 'revoke', 'forget', 'new-epoch'] as const;
/** One of {@link CLIENT_LEVERS}. */
export type ClientLever = (typeof CLIENT_LEVERS)[number];

/** A lever in words, for the person who pulls it. */
export interface LeverTexts {
  /** for a button */
  readonly label: string;
  /** what happens, and what a client makes of it */
  readonly does: string;
  /** what must not be expected of it, a sentence each */
  readonly cannot: readonly string[];
}

/** A lever as it is offered for one client. */
export interface OfferedLever extends LeverTexts {
  readonly lever: ClientLever;
  /** why it can't be pulled for this client; absent where it can */
  readonly impossible?: string;
}

/** What came of pulling a lever. Members that are counts are absent where nothing was counted. */
export interface LeverResult {
  readonly lever: ClientLever;
  readonly client_id: string;
  /** false where it is impossible, and nothing was changed */
  readonly pulled: boolean;
  /** what happened, or why nothing did, in a sentence */
  readonly said: string;
  /** what must not be expected of it, a sentence each */
  readonly cannot: readonly string[];
  /** sign-ins that ended, with all their tokens */
  readonly grants?: number;
  /** access tokens that ended by themselves */
  readonly access_tokens?: number;
  /** what the server is called from now on */
  readonly issuer?: string;
}

/** The levers of an authorization server. The command hands them from the server to the page. */
export interface ClientLevers {
  /** All of them, with what they can and can't do for one client, in the order of {@link CLIENT_LEVERS}. */
  offered(clientId: string): Promise<readonly OfferedLever[]>;
  /** Pulls one. It never throws for what a client is or is not: that is in the result. */
  pull(lever: ClientLever, clientId: string): Promise<LeverResult>;
}
