import type { RecordedExchange } from '../record/recorded-exchange.js';
import type { Loose } from './loose.js';
import { agentOf, isNameless, originInWords, originOf } from './origin.js';

/** An exchange that was held, and why it belongs where it is put. */
export interface Claimed {
  readonly exchange: RecordedExchange;
  readonly by: string;
  /** whether it was sent for the sake of the other exchange, and so is part of the same step */
  readonly isPart: boolean;
}

/** Under which key an exchange is held until it shows whose it is. */
export function looseKeyOf(exchange: RecordedExchange): string {
  const { meaning, brought } = exchange;
  if (meaning === 'introspection') return tokenKey(brought.access_token ?? '');
  return meaning === 'preflight' ? preflightKey(exchange) : addressKey(exchange);
}

/** What was held and belongs to the same flow as an exchange. @param isFirst whether the flow begins with that */
export function looseOf(exchange: RecordedExchange, isFirst: boolean, loose: Loose): readonly Claimed[] {
  const { brought, at, meaning } = exchange;
  const token = meaning === 'mcp' ? brought.access_token : undefined;
  const introspections = token === undefined ? [] : loose.take(tokenKey(token), at, () => true);
  return [
    ...introspections.map((early) => ({ exchange: early, by: `access token ${token}`, isPart: true })),
    ...preflightsOf(exchange, loose),
    ...(isFirst ? discoveryOf(exchange, loose) : []),
  ];
}

function preflightsOf(exchange: RecordedExchange, loose: Loose): readonly Claimed[] {
  if (exchange.from === 'rs') return [];
  const before = loose.take(preflightKey(exchange), exchange.at, ({ at }) => at <= exchange.at);
  const by = `the request to ${pathOf(exchange)} that it asked for`;
  return before.map((early) => ({ exchange: early, by, isPart: true }));
}

/** Metadata that was read before the first request: all by the same connection, and one of each kind otherwise. */
function discoveryOf(exchange: RecordedExchange, loose: Loose): readonly Claimed[] {
  const origin = originOf(exchange);
  const anyAgent = exchange.from === 'browser' || (isNameless(origin) && exchange.meaning !== 'mcp');
  const kinds = new Set<string>();
  const claimed: Claimed[] = [];
  loose.take(addressKey(exchange), exchange.at, (early) => {
    const other = originOf(early);
    const connected = other.connection !== undefined && other.connection === origin.connection;
    const fits = (anyAgent || agentOf(other) === agentOf(origin)) && !kinds.has(early.meaning);
    if (!connected && !fits) return false;
    kinds.add(early.meaning);
    const by = connected ? `connection from ${other.connection}` : `order, ${originInWords(other)}`;
    claimed.push({ exchange: early, by, isPart: false });
    return true;
  });
  return claimed;
}

const tokenKey = (token: string) => `token ${token}`;
const addressKey = (exchange: RecordedExchange) => `address ${originOf(exchange).address}`;

function preflightKey(exchange: RecordedExchange): string {
  const { address, userAgent } = originOf(exchange);
  return `preflight ${JSON.stringify([address, userAgent, exchange.to, pathOf(exchange)])}`;
}

function pathOf({ request }: RecordedExchange): string {
  return URL.parse(request.url)?.pathname ?? request.url;
}
