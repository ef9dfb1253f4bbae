import * as z from 'zod';
import { flowStepId } from './flow-steps.js';
import { specReference } from './spec-reference.js';

/** Who has to change something. */
export const RESPONSIBLE = ['client', 'as', 'rs', 'user'] as const;
/** One of {@link RESPONSIBLE}. */
export type Responsible = (typeof RESPONSIBLE)[number];

/** Something about a watched client or flow that its people want to know. */
export const finding = z.object({
  /** stable, as in `dead-client-id` */
  id: z.string(),
  /** `problem`: the flow fails of it, or will; `notice`: it works, and is worth knowing */
  severity: z.enum(['problem', 'notice']),
  what: z.string(),
  /** what was seen, one sentence each */
  evidence: z.array(z.string()),
  who: z.enum(RESPONSIBLE),
  /** what they should change */
  change: z.string(),
  /** the rule behind it; null where there is none */
  spec: specReference.nullable(),
});
/** Something about a watched client or flow that its people want to know. */
export type Finding = z.infer<typeof finding>;

/** A guess at which program stands behind a client, and what the guess rests on. */
export const clientGuess = z.object({ name: z.string(), evidence: z.array(z.string()) });
/** A guess at which program stands behind a client. */
export type ClientGuess = z.infer<typeof clientGuess>;

/** What only those know who watched a flow from outside. */
export const watchedFacts = z.object({
  /** as the watching servers number it */
  flow: z.string(),
  by: z.enum(['servers', 'proxy']),
  /** null where nothing points anywhere */
  client: clientGuess.nullable(),
  /** peers from which its requests came */
  addresses: z.array(z.string()),
  user_agents: z.array(z.string()),
  /** the last step that the client came to; null before the first */
  last_step: flowStepId.nullable(),
  /** when the access token of this flow was last accepted, ISO 8601; null if it never was */
  token_last_used_at: z.string().nullable(),
  findings: z.array(finding),
  /** what the watching changed or could not see, one sentence each */
  notes: z.array(z.string()),
});
/** What only those know who watched a flow from outside. */
export type WatchedFacts = z.infer<typeof watchedFacts>;
