/** How many of what there may be within how many seconds, and of whom. */
export interface Limit {
  /** what is counted, as it stands in a sentence */
  readonly counts: string;
  /** all requests from an address, or those of one client there */
  readonly of: 'address' | 'client at an address';
  readonly most: number;
  readonly seconds: number;
}

/**
 * Every limit. An address may be a whole company's: `docs/rate-limits.md` says for how many people each is enough, and
 * a test holds that page to this table.
 */
export const LIMITS = {
  register: { counts: 'registrations', of: 'address', most: 600, seconds: 600 },
  registration: { counts: 'requests to registrations', of: 'address', most: 300, seconds: 60 },
  authorize: { counts: 'authorization requests', of: 'address', most: 300, seconds: 60 },
  authorize_client: { counts: 'authorization requests', of: 'client at an address', most: 150, seconds: 60 },
  login: { counts: 'sign-ins', of: 'address', most: 120, seconds: 60 },
  login_failures: { counts: 'wrong passwords', of: 'address', most: 50, seconds: 300 },
  pages: { counts: 'requests to pages', of: 'address', most: 600, seconds: 60 },
  token: { counts: 'requests for tokens', of: 'address', most: 1200, seconds: 60 },
  token_client: { counts: 'requests for tokens', of: 'client at an address', most: 600, seconds: 60 },
  revoke: { counts: 'revocations', of: 'address', most: 1200, seconds: 60 },
  client_failures: { counts: 'wrong credentials', of: 'client at an address', most: 30, seconds: 300 },
  introspection_failures: { counts: 'wrong credentials', of: 'address', most: 60, seconds: 60 },
} as const satisfies Readonly<Record<string, Limit>>;

/** One of them. */
export type LimitName = keyof typeof LIMITS;
