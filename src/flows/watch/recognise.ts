import { type ClientSign, isLibrary, type SignKind, signOf } from '../../shared/oauth/known-clients.js';
import type { RecordedExchange } from '../record/recorded-exchange.js';
import type { ClientGuess } from '../trace/watched-facts.js';
import type { FlowSoFar } from './flow-so-far.js';
import { membersOf, sentIn, textOf, textsOf } from './seen-flow.js';

/** Something that a client showed of itself. */
interface Trait {
  readonly kind: SignKind;
  readonly value: string;
}

/** More of a client's values are not looked at: a hostile one may show a new one in each request. */
const MAX_TRAITS = 40;

/**
 * Guesses which program a flow's client is, from what it showed of itself. Where what it showed points at several
 * programs, the one that most of it points at is named, with what speaks against it; at equal weight, none is.
 *
 * @returns undefined where nothing points anywhere, or nothing more to one program than to another
 */
export function recogniseClient(flow: Pick<FlowSoFar, 'exchanges'>): ClientGuess | undefined {
  const traits = traitsIn(flow);
  const signs = traits.flatMap(({ kind, value }) => {
    const sign = signOf(kind, value);
    return sign ? [{ ...sign, evidence: `${kind} ${value}` }] : [];
  });
  return (
    amongOwn(
      signs.filter(({ strength }) => strength === 'own'),
      signs,
    ) ??
    byHabit(signs, traits) ??
    builtWith(signs.filter(({ strength }) => strength === 'library'))
  );
}

/**
 * What flows of one program have in common, so that they can be held against each other: its name, or where it is sent
 * back to, or how it calls itself, with the address that it asks from.
 *
 * @param guess what {@link recogniseClient} said of this flow
 * @returns undefined where the flow says too little
 */
export function programOf(
  flow: Pick<FlowSoFar, 'exchanges'>,
  guess: ClientGuess | undefined,
): string | undefined {
  const traits = traitsIn(flow);
  const called = (wanted: SignKind) => traits.find(({ kind }) => kind === wanted)?.value;
  const name =
    (guess && !isLibrary(guess.name) ? guess.name : undefined) ??
    // A configured client_id comes without a name, and is sent back to the same place.
    called('redirect URI')?.replace(/^(http:\/\/(?:\[[^\]]*\]|[^/:]+)):\d+/, '$1') ??
    called('client_name') ??
    called('clientInfo');
  if (name === undefined) return undefined;
  const from = flow.exchanges.find(({ exchange }) => exchange.from === 'client')?.exchange.peer?.address;
  return JSON.stringify([name, from ?? null]);
}

type Evident = ClientSign & { readonly evidence: string };

function amongOwn(own: readonly Evident[], all: readonly Evident[]): ClientGuess | undefined {
  const weights = new Map<string, number>();
  for (const { program, kind } of distinct(own, ({ program, kind }) => `${program} ${kind}`)) {
    // Of all that a program shows, what it calls itself is most easily somebody else's.
    weights.set(
      program,
      (weights.get(program) ?? 0) + (kind === 'redirect URI' || kind === 'metadata document' ? 3 : 2),
    );
  }
  const [first, second] = [...weights].toSorted(([, one], [, other]) => other - one);
  if (!first || first[1] === second?.[1]) return undefined;
  const [name] = first;
  const against = own.filter(({ program }) => program !== name);
  return {
    name,
    evidence: [
      ...all.filter(({ program }) => program === name).map(({ evidence }) => evidence),
      ...against.map(({ program, evidence }) => `against it: ${evidence}, which is ${program}'s`),
    ],
  };
}

/** A habit says something only of a client that does not say itself what it is. */
function byHabit(signs: readonly Evident[], traits: readonly Trait[]): ClientGuess | undefined {
  if (signs.some(({ strength }) => strength === 'own')) return undefined;
  if (traits.some(({ kind }) => kind === 'client_name' || kind === 'clientInfo')) return undefined;
  const habits = signs.filter(({ strength }) => strength === 'habit');
  const [first] = habits;
  if (!first || habits.some(({ program }) => program !== first.program)) return undefined;
  return {
    name: first.program,
    evidence: [...habits.map(({ evidence }) => evidence), 'a weak sign: other programs may do the same'],
  };
}

/** Many programs are built with the same library, and some of those send its user agent. */
function builtWith(libraries: readonly Evident[]): ClientGuess | undefined {
  const first = libraries.find(({ kind }) => kind === 'user agent') ?? libraries[0];
  return first && { name: first.program, evidence: libraries.map(({ evidence }) => evidence) };
}

function traitsIn({ exchanges }: Pick<FlowSoFar, 'exchanges'>): readonly Trait[] {
  const found = new Map<string, Trait>();
  for (const { exchange } of exchanges) {
    for (const trait of traitsOf(exchange)) {
      if (found.size < MAX_TRAITS) found.set(`${trait.kind} ${trait.value}`, trait);
    }
  }
  return [...found.values()];
}

function traitsOf(exchange: RecordedExchange): readonly Trait[] {
  if (exchange.from === 'rs') return [];
  const { brought, meaning } = exchange;
  const trait = (kind: SignKind, value: string | undefined): readonly Trait[] =>
    value === undefined ? [] : [{ kind, value }];
  return [
    ...trait('redirect URI', brought.redirect_uri),
    ...trait('metadata document', brought.client_id?.startsWith('https://') ? brought.client_id : undefined),
    ...(meaning === 'registration' ? registeredTraits(exchange) : []),
    ...(isVersionedDiscovery(exchange) ? trait('request for metadata', 'with MCP-Protocol-Version') : []),
    ...(meaning === 'mcp' ? trait('clientInfo', calledInMcp(exchange)) : []),
    ...(exchange.from === 'client' ? trait('user agent', exchange.request.headers['user-agent']) : []),
  ];
}

function registeredTraits(exchange: RecordedExchange): readonly Trait[] {
  const sent = sentIn(exchange);
  const one = (kind: 'client_name' | 'client_uri' | 'software_id') => {
    const value = textOf(sent, kind);
    return value === undefined ? [] : [{ kind, value }];
  };
  return [
    ...textsOf(sent, 'redirect_uris').map((value) => ({ kind: 'redirect URI' as const, value })),
    ...one('client_name'),
    ...one('client_uri'),
    ...one('software_id'),
  ];
}

/** One revision of MCP wanted the header there; the SDKs have kept it. */
function isVersionedDiscovery({ meaning, request }: RecordedExchange): boolean {
  return (
    (meaning === 'resource-metadata' || meaning === 'authorization-server-metadata') &&
    request.headers['mcp-protocol-version'] !== undefined
  );
}

/** What a client calls itself in MCP: in `initialize`, or in what comes with each request. */
function calledInMcp({ facts, request }: RecordedExchange): string | undefined {
  if (facts.mcp_client) return facts.mcp_client.name;
  const params = membersOf(membersOf(request.body)['params']);
  const meta = membersOf(params['_meta']);
  return textOf(membersOf(meta['io.modelcontextprotocol/clientInfo'] ?? params['clientInfo']), 'name');
}

function distinct<T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] {
  return [...new Map(values.map((value) => [keyOf(value), value])).values()];
}
