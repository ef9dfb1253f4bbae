import { messageLabels } from '../diagram/labels.js';
import { STEP_TEXTS } from '../trace/step-texts.js';
import type { WatchUpdate } from '../watch/watched-flow.js';
import { shown } from '../render/html/markup.js';
import { clientName, stateOf } from './words.js';

/** No line about what happened is longer. */
const MAX_LINE = 160;

/** What happened, in a line for those who look and those who listen; undefined for what nobody has to hear. */
export function summaryOf(update: WatchUpdate): string | undefined {
  if (update.type === 'flow-dropped' || update.type === 'flows-joined') return undefined;
  const { flow } = update;
  const what = whatHappened(update);
  return shown(`${flow.id} ${clientName(flow)}: ${what}`, MAX_LINE);
}

function whatHappened(
  update: Exclude<WatchUpdate, { readonly type: 'flow-dropped' | 'flows-joined' }>,
): string {
  switch (update.type) {
    case 'flow-began':
      return 'a flow began';
    case 'exchange': {
      const { exchange, step } = update.added;
      const { response } = messageLabels(exchange);
      const reason = exchange.reason_code === null ? '' : ` (${exchange.reason_code})`;
      return `${STEP_TEXTS[step].title.toLowerCase()}, ${response}${reason}`;
    }
    case 'finding':
      return `${update.finding.severity}, ${update.finding.what}`;
    case 'flow-ended':
      return `${stateOf(update.flow).text}${update.flow.reason === undefined ? '' : `, ${update.flow.reason}`}`;
  }
}
