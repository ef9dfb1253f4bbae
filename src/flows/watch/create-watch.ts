import type { RecordedExchange } from '../record/recorded-exchange.js';
import { apply, applyUnseenUse, stepOf } from './apply.js';
import { type Attempt, keep, newAttempt } from './attempt.js';
import { createClientRecords } from './client-records.js';
import { createConclusions } from './conclusions.js';
import { createDirectory } from './directory.js';
import { endForNext, endIfOver } from './ending.js';
import { givenKeys, KEY, shownKeys, waitsOf } from './keys.js';
import { link } from './link.js';
import { createLoose } from './loose.js';
import { sameAttempt } from './one-attempt.js';
import { originOf } from './origin.js';
import { predecessorOf } from './predecessor.js';
import { createRoom } from './room.js';
import { createSeen } from './seen.js';
import { createTelling } from './telling.js';
import { looseKeyOf, looseOf } from './unclaimed.js';
import type { Watch } from './watch.js';
import type { LinkedExchange } from './watched-flow.js';

/** How much a watch keeps. */
export interface WatchOptions {
  /** flows; the oldest that ended go first */
  readonly maxFlows: number;
  /** exchanges of one flow: the first half of them, and the last; 200 by default */
  readonly maxExchanges?: number;
  /** exchanges in all flows; 20 for each flow by default */
  readonly maxExchangesInAll?: number;
}

const MOST_EXCHANGES = 200;
const EXCHANGES_A_FLOW = 20;
const MOST_LOOSE = 1000;

/** Starts to put exchanges together to flows. What it costs to take one in does not grow with how many there were. */
export function createWatch({
  maxFlows,
  maxExchanges = MOST_EXCHANGES,
  maxExchangesInAll = maxFlows * EXCHANGES_A_FLOW,
}: WatchOptions): Watch {
  const directory = createDirectory();
  const records = createClientRecords();
  const room = createRoom(maxFlows, Math.max(maxExchangesInAll, maxExchanges));
  const loose = createLoose(MOST_LOOSE);
  const seen = createSeen();
  const conclusions = createConclusions(records, room);
  const telling = createTelling(conclusions);
  let count = 0;
  // An authorization server in a process of its own knows nothing of what its tokens are used for.
  let seesMcpServer = false;

  function begin(exchange: RecordedExchange): Attempt {
    const attempt = newAttempt((count += 1), exchange);
    const previous = predecessorOf(exchange, directory);
    if (previous) {
      attempt.follows = previous.id;
      const wasOpen = previous.outcome === undefined;
      endForNext(previous, attempt.id);
      previous.refusal = undefined;
      settle(previous);
      if (wasOpen) telling.changed(previous);
    }
    return attempt;
  }

  /** Brings everything up to date that depends on what an attempt is now. */
  function settle(attempt: Attempt): void {
    attempt.version += 1;
    directory.wait(attempt, waitsOf(attempt));
    room.put(attempt);
  }

  function include(
    attempt: Attempt,
    exchange: RecordedExchange,
    linkedBy: string,
    step = stepOf(exchange, attempt),
  ): LinkedExchange {
    const linked = { exchange, step, linkedBy };
    keep(attempt, linked, maxExchanges);
    apply(attempt, exchange);
    if (!seesMcpServer) applyUnseenUse(attempt, exchange);
    for (const key of givenKeys(exchange)) directory.name(attempt, key);
    for (const key of shownKeys(exchange)) if (!directory.find(key)) directory.name(attempt, key);
    if (exchange.from === 'client') directory.name(attempt, KEY.newest(originOf(exchange)));
    nameClient(attempt, exchange);
    settle(attempt);
    telling.added(attempt, linked);
    return linked;
  }

  function nameClient(attempt: Attempt, exchange: RecordedExchange): void {
    if (exchange.from !== 'rs') attempt.clientId ??= exchange.gave.client_id ?? exchange.brought.client_id;
    if (attempt.clientId === undefined) return;
    directory.name(attempt, KEY.client(attempt.clientId));
    records.note(attempt, exchange);
  }

  /** Puts the later of two into the earlier. */
  function join(one: Attempt, other: Attempt): Attempt {
    const [into, gone] = one.place < other.place ? [one, other] : [other, one];
    directory.redirect(gone, into);
    remove(gone);
    for (const { exchange, linkedBy } of gone.kept) absorb(into, exchange, linkedBy);
    into.omitted += gone.omitted;
    settle(into);
    telling.joined(into, gone.id);
    return into;
  }

  function absorb(into: Attempt, exchange: RecordedExchange, linkedBy: string): void {
    keep(into, { exchange, step: stepOf(exchange, into), linkedBy }, maxExchanges);
    apply(into, exchange);
    nameClient(into, exchange);
  }

  function remove(attempt: Attempt): void {
    room.remove(attempt);
    records.forget(attempt);
    conclusions.forget(attempt);
    telling.forget(attempt);
  }

  function makeRoom(): void {
    for (let gone = room.surplus(); gone; gone = room.surplus()) {
      directory.forget(gone);
      remove(gone);
      telling.dropped(gone.id);
    }
  }

  function add(exchange: RecordedExchange): void {
    if (!seen.add(exchange.recorder, exchange.number)) return;
    seesMcpServer ||= exchange.to === 'rs';
    const linked = link(exchange, directory);
    if (linked === 'ignore') return;
    if (linked === 'hold') return loose.hold(looseKeyOf(exchange), exchange);
    const isNew = linked === 'begin';
    let attempt = isNew ? begin(exchange) : linked.attempt;
    if (isNew) telling.began(attempt);
    const same = sameAttempt(attempt, exchange, directory);
    if (same) attempt = join(attempt, same);
    const { step } = include(attempt, exchange, isNew ? 'first request of the flow' : linked.by);
    for (const { exchange: early, by, isPart } of looseOf(exchange, isNew, loose)) {
      include(attempt, early, by, isPart ? step : undefined);
    }
    telling.changed(attempt);
    makeRoom();
  }

  return {
    add,
    tick(now) {
      for (const attempt of room.open()) {
        if (!endIfOver(attempt, now, seesMcpServer)) continue;
        settle(attempt);
        telling.changed(attempt);
      }
    },
    flows: () => [...room.all()].toReversed().map((attempt) => conclusions.of(attempt)),
    flow(id) {
      const attempt = room.find(id);
      return attempt && conclusions.of(attempt);
    },
    clients: () =>
      [...records.all()]
        .toSorted((one, other) => other.lastSeenAt - one.lastSeenAt)
        .map((record) => conclusions.ofClient(record)),
    subscribe: telling.subscribe,
  };
}
