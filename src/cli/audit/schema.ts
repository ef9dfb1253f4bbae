import * as z from 'zod';
import { CLIENT_LEVERS } from '../../shared/oauth/client-levers.js';
import { REFUSAL_REASONS } from '../../shared/oauth/errors.js';
import { REGISTRATION_ROUTES } from '../../shared/oauth/routes.js';
import { AUDIT_RULES } from './rules.js';

/** The version of the form of a line. It changes if a member goes or means something else, not if one is added. */
export const AUDIT_VERSION = 1;

/** How much of a text is written, in characters, and how many of a list. */
export const MAX_AUDIT_TEXT = 200;
export const MAX_AUDIT_ID = 512;
export const MAX_AUDIT_LIST = 5;

const text = z.string().max(MAX_AUDIT_TEXT + 1);
const id = z.string().max(MAX_AUDIT_ID + 1);
const list = z.array(text).max(MAX_AUDIT_LIST);
const count = z.int().nonnegative();
const fingerprint = z.string().regex(/^[0-9a-f]{8}$/);

/** What came of it: it was done, it was refused by a rule, or this server could not. */
const outcome = z.enum(['success', 'refused', 'failed']);

/** What is told of the log itself: that it begins, ends, or that lines are lacking. */
export const AUDIT_NOTES = ['audit_log.opened', 'audit_log.closed', 'audit_log.incomplete'] as const;

/** The kinds of events that are written down. */
export const AUDITED_KINDS: readonly string[] = Object.entries(AUDIT_RULES)
  .filter(([, rule]) => rule !== null)
  .map(([kind]) => kind);

/** What stands in every line. */
const ENVELOPE = {
  version: z.literal(AUDIT_VERSION),
  time: z.iso.datetime({ precision: 3 }),
  server: z.enum(['as', 'rs']),
  event: z.enum([...AUDIT_NOTES, ...AUDITED_KINDS]),
  outcome,
} as const;

/** The request during which it happened; absent where it was none, as at the start. */
const REQUEST = {
  request_id: z.string().optional(),
  address: text.optional(),
  user_agent: text.optional(),
  trace_id: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  span_id: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
} as const;

/** What the events bring along, in the words that they have there and on the wire. */
const MEMBERS = {
  reason: z.enum(REFUSAL_REASONS).optional(),
  error: text.optional(),
  client_id: id.optional(),
  route: z.enum(REGISTRATION_ROUTES).optional(),
  sub: text.optional(),
  client_name: text.optional(),
  redirect_uri: text.optional(),
  redirect_uris: list.optional(),
  token_endpoint_auth_method: text.optional(),
  decision: z.enum(['allow', 'deny']).optional(),
  scope: text.optional(),
  resource: list.optional(),
  grant_type: text.optional(),
  aud: list.optional(),
  expires_in: count.optional(),
  token: fingerprint.optional(),
  found: z.boolean().optional(),
  failures: count.optional(),
  grants: count.optional(),
  lever: z.enum(CLIENT_LEVERS).optional(),
  issuer: text.optional(),
  configured: text.optional(),
  kid: text.optional(),
  alg: text.optional(),
  previous: text.optional(),
  message: text.optional(),
  method: text.optional(),
  path: text.optional(),
  status: count.optional(),
  tools: list.optional(),
  needed: list.optional(),
  missing: list.optional(),
  lost: count.optional(),
  limit: text.optional(),
  count: count.optional(),
} as const;

/** One line of the audit log. `docs/audit-log.md` tells what each member means. */
export const AUDIT_LINE = z.strictObject({ ...ENVELOPE, ...REQUEST, ...MEMBERS });

/** One line of the audit log. */
export type AuditLine = z.output<typeof AUDIT_LINE>;
/** What comes of an event. */
export type AuditOutcome = AuditLine['outcome'];
/** A member that an event brings along; an address where it is no request that was refused. */
export type AuditMember = keyof typeof MEMBERS | 'address';
