import { isLoopbackHost } from '../../shared/http/loopback.js';
import { differenceInWords, firstDifference } from './identifier-difference.js';
import type { IdentifierKind, SeenIdentifier } from '../trace/trace.js';

/** One spelling of an identifier, where it was seen, and how it differs from the one it should be. */
export interface ComparedIdentifier {
  readonly kind: IdentifierKind;
  readonly value: string;
  /** each place once, in the order in which they were seen */
  readonly where: readonly string[];
  /** null where it is the reference of its kind, or may differ from it */
  readonly difference: IdentifierDifference | null;
}

/** Where two identifiers part. */
export interface IdentifierDifference {
  /** the identifier that it should be */
  readonly to: string;
  /** index of the first character that differs; the length of the shorter one where it is the beginning of the other */
  readonly at: number;
  readonly inWords: string;
}

type Seen = Pick<SeenIdentifier, 'kind' | 'value' | 'where'>;

/**
 * Holds every spelling of an identifier against the one that counts for its kind. Nothing is normalised: servers and
 * clients compare them character by character.
 *
 * - `issuer`: what the resource names; each of several authorization servers is one by itself
 * - `resource`: `resource` of the metadata
 * - `audience`: the same; a token may be for others too, so that one of its audiences is enough
 * - `redirect_uri`: that of the authorization request; on loopback another port is no difference (RFC 8252 §7.3)
 *
 * @param identifiers of a document, in order
 * @returns each spelling once, by kinds in the order in which they were first seen
 */
export function compareIdentifiers(identifiers: readonly Seen[]): readonly ComparedIdentifier[] {
  const kinds = [...new Set(identifiers.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const references = referencesOf(kind, identifiers);
    const settled =
      kind === 'audience' &&
      identifiers.some((seen) => seen.kind === kind && references.includes(seen.value));
    const values = [...new Set(identifiers.filter((seen) => seen.kind === kind).map(({ value }) => value))];
    return values.map((value) => ({
      kind,
      value,
      where: [
        ...new Set(
          identifiers.filter((seen) => seen.kind === kind && seen.value === value).map(({ where }) => where),
        ),
      ],
      difference: settled ? null : differenceTo(references, value, kind),
    }));
  });
}

/** In the words of the steps: where the identifier was seen that counts. */
const REFERENCE: Readonly<Record<IdentifierKind, { readonly kind: IdentifierKind; readonly where: string }>> =
  {
    issuer: { kind: 'issuer', where: 'authorization_servers of the protected resource metadata' },
    resource: { kind: 'resource', where: 'resource of the protected resource metadata' },
    audience: { kind: 'resource', where: 'resource of the protected resource metadata' },
    redirect_uri: { kind: 'redirect_uri', where: 'redirect_uri of the authorization request' },
  };

/** Where the place that counts was not reached, the first of the kind stands for it. */
function referencesOf(kind: IdentifierKind, identifiers: readonly Seen[]): readonly string[] {
  const reference = REFERENCE[kind];
  const found = identifiers.filter((seen) => seen.kind === reference.kind && seen.where === reference.where);
  const first = identifiers.find((seen) => seen.kind === kind);
  return found.length > 0 ? found.map(({ value }) => value) : first ? [first.value] : [];
}

function differenceTo(
  references: readonly string[],
  value: string,
  kind: IdentifierKind,
): IdentifierDifference | null {
  if (references.includes(value)) return null;
  if (kind === 'redirect_uri' && references.some((to) => isSameBesidePort(to, value))) return null;
  const to = closest(references, value);
  return { to, at: firstDifference(to, value), inWords: differenceInWords(to, value) };
}

/** The reference with which the value has most characters in common at its beginning. */
function closest(references: readonly string[], value: string): string {
  return references.toSorted((one, other) => firstDifference(other, value) - firstDifference(one, value))[0]!;
}

/** On loopback any port may be named in a request, whichever was registered. */
function isSameBesidePort(one: string, other: string): boolean {
  const [first, second] = [URL.parse(one), URL.parse(other)];
  if (!first || !second || first.protocol !== 'http:' || !isLoopbackHost(first.hostname)) return false;
  second.port = first.port;
  return first.href === second.href;
}
