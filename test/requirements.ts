import { rfc7636 } from './requirements/rfc7636.js';

/** What every specification asks of the authorization server; `docs/compliance.md` is written from it. */
export const SPECIFICATIONS = [rfc7636] as const;

export type RequirementId = (typeof SPECIFICATIONS)[number]['requirements'][number]['id'];
