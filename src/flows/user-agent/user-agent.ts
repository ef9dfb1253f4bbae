import type { HttpExchange, HttpRequest } from '../exchange/exchange.js';

/** How a visit to the authorization endpoint ended. */
export type VisitOutcome =
  /** the user agent was sent to the redirect URI */
  | { readonly kind: 'redirected'; readonly url: string }
  | {
      readonly kind: 'stopped';
      readonly reason: string;
      /** true if the authorization request itself was answered with a page that says that it does not know the client */
      readonly clientRefused: boolean;
    };

/** What a user agent that sends requests itself needs for it. */
export interface VisitPorts {
  send(request: HttpRequest): Promise<HttpExchange>;
  readonly signal: AbortSignal;
}

/** Whoever goes through the pages of the authorization server and comes back to the client. */
export interface UserAgent {
  /** where the authorization server sends it back to */
  readonly redirectUri: string;
  /** in words, as in "signs in by itself as demo_user" */
  readonly how: string;
  visit(authorizationUrl: string, ports: VisitPorts): Promise<VisitOutcome>;
  close(): Promise<void>;
}

/** @param authorizationEndpoint where the visit will start */
export type OpenUserAgent = (authorizationEndpoint: string) => Promise<UserAgent>;
