import type { StepCheck } from '../context.js';
import { checked } from './checked.js';

/** What the client remembers of its authorization request, and what came back. */
export interface CallbackFacts {
  readonly sentState: string;
  readonly state: string | null;
  readonly issuer: string;
  readonly iss: string | null;
  readonly issAdvertised: boolean;
}

/** What the parameters of the callback settle. */
export function checkCallback(facts: CallbackFacts): readonly StepCheck[] {
  const { sentState, state, issuer, iss, issAdvertised } = facts;
  return [
    checked(
      'as.state-echoed',
      state === sentState,
      state === sentState ? 'the same' : state === null ? 'no state' : 'another state',
    ),
    checked(
      'as.iss-present',
      issAdvertised ? iss !== null : undefined,
      issAdvertised ? `iss ${iss ?? 'missing'}` : 'not advertised, so not expected',
    ),
    checked(
      'as.iss-match',
      iss === null ? undefined : iss === issuer,
      iss === null ? 'no iss' : `iss ${iss}, issuer ${issuer}`,
    ),
    checked(
      'as.iss-unannounced',
      iss === null ? undefined : issAdvertised,
      iss === null
        ? 'no iss'
        : `iss ${iss} came, the metadata ${issAdvertised ? 'announces' : 'does not announce'} it`,
    ),
  ];
}
