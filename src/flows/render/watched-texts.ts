import type { ClientGuess, WatchedFacts } from '../trace/watched-facts.js';

/** So many addresses and user agents are named in a sentence. */
const MAX_NAMED = 3;

/** Who was watched, and by whom. It may hold anything that a client can call itself. */
export function watchedInWords({ by, client, addresses, user_agents: userAgents }: WatchedFacts): string {
  const who = client === null ? 'a client that nothing tells the name of' : `probably ${client.name}`;
  const from = addresses.length === 0 ? '' : `, from ${listed(addresses)}`;
  const as = userAgents.length === 0 ? '' : `, as ${listed(userAgents)}`;
  return `${who}${from}${as}; seen by ${by === 'proxy' ? 'a proxy before them' : 'the servers'}`;
}

/** What a client probably is, with what that rests on. */
export function guessInWords({ name, evidence }: ClientGuess): string {
  return evidence.length === 0 ? `probably ${name}` : `probably ${name}: ${evidence.join('; ')}`;
}

/** How far the client came, and when its token was last of use. */
export function lastSeenInWords({ last_step: step, token_last_used_at: at }: WatchedFacts): string {
  const used = at === null ? 'its token was never accepted' : `its token was last accepted at ${at}`;
  return `${step ?? 'none'}; ${used}`;
}

function listed(texts: readonly string[]): string {
  const named = texts.slice(0, MAX_NAMED).join(', ');
  return texts.length > MAX_NAMED ? `${named} and ${texts.length - MAX_NAMED} more` : named;
}
