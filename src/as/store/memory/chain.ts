/** A place in a {@link Chain}. */
export interface Link<T> {
  readonly value: T;
  readonly chain: Chain<T>;
  before: Link<T> | undefined;
  after: Link<T> | undefined;
}

/** Values in the order in which they came; each can be taken out without looking for it. */
export interface Chain<T> {
  /** what the values have in common */
  readonly name: string;
  first: Link<T> | undefined;
  last: Link<T> | undefined;
  size: number;
}

/** A chain without links. */
export function emptyChain<T>(name: string): Chain<T> {
  return { name, first: undefined, last: undefined, size: 0 };
}

/** Puts a value at the end. @returns its place, for {@link unlink} */
export function append<T>(chain: Chain<T>, value: T): Link<T> {
  const link: Link<T> = { value, chain, before: chain.last, after: undefined };
  if (chain.last) chain.last.after = link;
  else chain.first = link;
  chain.last = link;
  chain.size += 1;
  return link;
}

/** Takes a place out of its chain, once. */
export function unlink<T>({ chain, before, after }: Link<T>): void {
  if (before) before.after = after;
  else chain.first = after;
  if (after) after.before = before;
  else chain.last = before;
  chain.size -= 1;
}

/** The values, the one that came first in front. */
export function* valuesOf<T>(chain: Chain<T>): Generator<T, void> {
  for (let link = chain.first; link; link = link.after) yield link.value;
}
