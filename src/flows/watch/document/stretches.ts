import type { FlowStepId } from '../../trace/trace.js';
import type { LinkedExchange, WatchedFlow } from '../watched-flow.js';
import { authorizationAnswerOf } from './authorization-answer.js';

/** Exchanges of one step that follow each other; none where only the browser was sent back to the client. */
export interface Stretch {
  readonly id: FlowStepId;
  readonly linked: readonly LinkedExchange[];
  /** when it began and ended, in milliseconds since the epoch */
  readonly from: number;
  readonly to: number;
}

/**
 * A flow in the steps that the client took, in order. Servers do not see the callback: it is put in where the browser was sent
 * back with an answer.
 */
export function stretchesOf({ exchanges }: Pick<WatchedFlow, 'exchanges'>): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const linked of exchanges) {
    const { exchange, step } = linked;
    const ended = exchange.at + exchange.milliseconds;
    const last = found.at(-1);
    if (last?.id === step) {
      found[found.length - 1] = { ...last, linked: [...last.linked, linked], to: Math.max(last.to, ended) };
    } else {
      found.push({ id: step, linked: [linked], from: exchange.at, to: ended });
    }
    if (step === 'authorization' && authorizationAnswerOf(exchange, exchanges) !== undefined) {
      found.push({ id: 'callback', linked: [], from: ended, to: ended });
    }
  }
  return found;
}
