import type { SpecReference } from '../../specification/spec.js';
import type { CheckResult } from '../../trace/trace.js';

/** A requirement that a flow can be held against. */
export interface Rule {
  readonly level: CheckResult['level'];
  /** in words, as it should be */
  readonly rule: string;
  /** what to do where it is not met, as an instruction to whoever runs the server */
  readonly remedy: string;
  readonly spec: SpecReference;
}
