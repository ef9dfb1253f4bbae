import { html, type Markup, shown } from '../render/html/markup.js';
import { OUTCOME_IN_WORDS } from '../render/verdict-texts.js';
import type { WatchedClient, WatchedFlow } from '../watch/watched-flow.js';

/** So much of a name of a client is shown in a list. */
const MAX_NAME = 60;

/** What a client is called in a list: the program that is guessed, else its own name, else its client_id. */
export function clientName({
  client,
  clientId,
  name,
}: Pick<WatchedFlow, 'client' | 'clientId'> & Partial<Pick<WatchedClient, 'name'>>): string {
  return shown(client?.name ?? name ?? clientId ?? 'no client_id yet', MAX_NAME);
}

/** A time of day, which the page's script puts into the zone of whoever looks. @param at milliseconds since the epoch */
export function timeOfDay(at: number): Markup {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return html`at an unknown time`;
  const iso = date.toISOString();
  return html`<time datetime="${iso}">${iso.slice(11, 19)} UTC</time>`;
}

/** How a flow stands, and how that is to strike the reader. */
export interface FlowState {
  readonly text: string;
  readonly look: 'good' | 'bad' | 'plain' | 'open';
}

/** How a flow stands, in a word or two. */
export function stateOf({ outcome }: Pick<WatchedFlow, 'outcome'>): FlowState {
  if (outcome === undefined) return { text: 'under way', look: 'open' };
  const [text = outcome] = OUTCOME_IN_WORDS[outcome].split(':');
  const looks = { completed: 'good', failed: 'bad', unreachable: 'bad' } as const;
  return { text, look: outcome in looks ? looks[outcome as keyof typeof looks] : 'plain' };
}

/** A number with its noun. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
