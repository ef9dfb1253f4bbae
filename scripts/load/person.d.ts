import type { Network } from './network.js';

/** A client that the authorization server has answered for with 201. */
export interface RegisteredClient {
  readonly client_id: string;
  readonly registration_client_uri: string;
  readonly registration_access_token: string;
}

/** `given` by the authorization server; `sent` there, and no answer has come (yet); `used`: it was accepted */
export type UseOfSecret = 'given' | 'sent' | 'used';

/** What a client holds of one consent, and what it knows of it. */
export interface HeldGrant {
  readonly client: RegisteredClient;
  readonly code: { readonly value: string; readonly verifier: string; state: UseOfSecret };
  /** access tokens, the newest last */
  readonly access: string[];
  /** refresh tokens, the newest last */
  readonly refresh: { readonly value: string; state: UseOfSecret }[];
  /** absent: nobody has asked for it */
  revocation?: 'sent' | 'done';
}

/** What the authorization server has acknowledged. */
export interface Ledger {
  readonly registrations: RegisteredClient[];
  readonly grants: HeldGrant[];
}

/** Thrown where the authorization request came back without a code. */
export class SentBack extends Error {
  /** of the redirect; absent if nobody was sent back */
  readonly error: string | null | undefined;
}

/** A person with a browser and a client. Each step throws NoAnswer, or UnexpectedAnswer; `authorize` SentBack too. */
export interface Person {
  /** of the browser */
  readonly cookies: Map<string, string>;
  register(): Promise<RegisteredClient>;
  /** Signs in, unless that was done before, and consents. */
  authorize(client: RegisteredClient): Promise<HeldGrant>;
  redeem(grant: HeldGrant): Promise<void>;
  /** @param token the newest one unless given */
  refresh(grant: HeldGrant, token?: HeldGrant['refresh'][number]): Promise<void>;
  /** @returns whether the token is active */
  introspect(grant: HeldGrant, token?: string): Promise<boolean>;
  /** @returns what the MCP server answered */
  callTool(grant: HeldGrant, token?: string): Promise<string>;
  revoke(grant: HeldGrant): Promise<void>;
  /** Reads a registration back (RFC 7592). */
  readRegistration(client: RegisteredClient): Promise<void>;
  /** From the authorization request to the revocation; a tool is called, or else introspected, after each token. */
  flow(
    client: RegisteredClient,
    course?: { readonly refreshes?: number; readonly revokes?: boolean; readonly callsTool?: boolean },
  ): Promise<HeldGrant>;
}

/** Who the person is, and which servers there are. */
export interface PersonOptions {
  readonly issuer: string;
  /** URL of the MCP server; without it no tool is called */
  readonly resource?: string;
  readonly network: Network;
  readonly ledger?: Ledger;
  /** those of demo mode unless given */
  readonly username?: string;
  readonly password?: string;
  readonly introspection?: { readonly id: string; readonly secret: string };
  /** is told how long each answer took, in milliseconds */
  readonly observe?: (step: string, milliseconds: number) => void;
}

export function createLedger(): Ledger;

export function createPerson(options: PersonOptions): Person;

/** Whether it is worth coming again: no answer, or one that says that something is away for now. */
export function isOutage(error: unknown): boolean;

/** Tries again until it succeeds, as long as what fails is an outage or says when to come again (429), for `seconds` (30). */
export function persist<T>(
  attempt: () => Promise<T>,
  options?: {
    readonly seconds?: number;
    /** between two attempts, in milliseconds (100) */
    readonly pause?: number;
    readonly onOutage?: (error: unknown) => void;
  },
): Promise<T>;

/** Works on all items, so many at a time. */
export function inParallel<T>(
  items: Iterable<T>,
  workers: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void>;
