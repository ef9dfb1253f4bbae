import type { Clock } from '../../shared/clock.js';
import { mediaTypeOf } from '../../shared/http/body.js';
import { DocumentFetchError, type DocumentResponse, type FetchDocument } from '../../shared/http/document.js';
import { parseJson } from '../../shared/http/json.js';
import { orAborted } from '../../shared/http/or-aborted.js';
import type { Store } from '../store/store.js';
import { DocumentError, type DocumentFault, isPassing } from './document-fault.js';
import { createFetchLimits } from './fetch-limits.js';
import {
  isFresh,
  isJustRead,
  type KeptDocument,
  mayStandIn,
  policyOf,
  revalidated,
  revalidating,
} from './kept-document.js';

/** The draft's advice for metadata documents; a set of keys is as small. */
const MAX_BYTES = 5 * 1024;

/** For everything, from the look-up of the name to the last byte. */
const MAX_MILLISECONDS = 3000;

/** So many documents are kept; the one that was not asked for longest goes first. */
const MAX_KEPT = 500;

const HEADERS = { accept: 'application/json', 'user-agent': 'mcp-oauth-demo' };

/** How a document is read. */
export interface Reading<T> {
  /** makes of the JSON what it stands for; what it throws a DocumentError for is not kept */
  readonly parse: (json: unknown) => T;
  /** whether a kept document may stand in where its host can't be asked at the moment */
  readonly mayBeStale: boolean;
  /** true to ask the host even if the kept document is fresh, unless it was read just now */
  readonly anew?: boolean;
}

/** A document, and where it came from. */
export interface Read<T> {
  readonly value: T;
  /** when its host was asked last, in seconds since the epoch */
  readonly readAt: number;
  readonly from: 'host' | 'kept';
  /** why its host could not be asked; there only if the kept document stands in for that */
  readonly fault?: DocumentFault;
}

/** Reads JSON documents whose URL somebody unknown has named. */
export interface DocumentReader {
  /** @throws DocumentError */
  read<T>(url: string, reading: Reading<T>): Promise<Read<T>>;
  /** Lets go of a document that is kept. @returns whether there was one */
  forget(url: string): boolean;
}

/**
 * Makes the reader: bounded in time, size and number, and with a cache that follows HTTP. Errors and documents that are
 * not valid are never kept; requests for one document at the same time share one fetch.
 *
 * @see {@link https://datatracker.ietf.org/doc/html/draft-ietf-oauth-client-id-metadata-document-00#section-4.4 Client ID Metadata Document §4.4}
 */
export function createDocumentReader(
  fetchDocument: FetchDocument,
  { clock, store }: { readonly clock: Clock; readonly store: Store },
): DocumentReader {
  const kept = new Map<string, KeptDocument>();
  const underWay = new Map<string, Promise<KeptDocument>>();
  // Who names URLs that lead nowhere must not keep those from being read again that are in use.
  const limitFirst = createFetchLimits({ store }, 'first');
  const limitAgain = createFetchLimits({ store }, 'again');

  function ask(url: string, known: KeptDocument | undefined): Promise<KeptDocument> {
    const shared = underWay.get(url);
    if (shared) return shared;
    const within = known ? limitAgain : limitFirst;
    const asking = within(new URL(url).host, () => askHost(fetchDocument, clock, url, known)).finally(() =>
      underWay.delete(url),
    );
    underWay.set(url, asking);
    return asking;
  }

  return {
    forget: (url) => kept.delete(url),
    async read(url, { parse, mayBeStale, anew = false }) {
      const known = kept.get(url);
      const good = known && (anew ? isJustRead(known, clock) : isFresh(known, clock));
      if (known && good) {
        keep(kept, url, known);
        return fromKept(known, parse);
      }
      try {
        const document = await ask(url, known);
        const value = parse(parseJson(document.body));
        keep(kept, url, document);
        return { value, readAt: document.readAt, from: 'host' };
      } catch (thrown) {
        if (!(thrown instanceof DocumentError) || !isPassing(thrown.fault)) kept.delete(url);
        else if (mayBeStale && known && mayStandIn(known, url, HEADERS, clock)) {
          return { ...fromKept(known, parse), fault: thrown.fault };
        }
        throw thrown;
      }
    },
  };
}

/** Keeps a document, as the one that was asked for last, if its headers allow that. */
function keep(kept: Map<string, KeptDocument>, url: string, document: KeptDocument): void {
  kept.delete(url);
  if (!document.policy.storable()) return;
  kept.set(url, document);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
}

function fromKept<T>({ body, readAt }: KeptDocument, parse: Reading<T>['parse']): Read<T> {
  return { value: parse(parseJson(body)), readAt, from: 'kept' };
}

async function askHost(
  fetchDocument: FetchDocument,
  clock: Clock,
  url: string,
  known: KeptDocument | undefined,
): Promise<KeptDocument> {
  const headers = known ? revalidating(known, url, HEADERS) : HEADERS;
  const response = await inTime(fetchDocument, url, headers);
  if (known && response.status === 304) return revalidated(known, url, HEADERS, response, clock);
  checkAnswer(response);
  return { body: response.body, readAt: clock.now(), policy: policyOf(clock, url, HEADERS, response) };
}

async function inTime(
  fetchDocument: FetchDocument,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<DocumentResponse> {
  const signal = AbortSignal.timeout(MAX_MILLISECONDS);
  try {
    return await orAborted(fetchDocument(url, { headers, maxBytes: MAX_BYTES, signal }), signal);
  } catch (thrown) {
    if (thrown instanceof DocumentFetchError) throw new DocumentError(thrown.fault);
    throw new DocumentError(signal.aborted ? 'document_timeout' : 'document_unreachable');
  }
}

function checkAnswer({ status, headers, body }: DocumentResponse): void {
  if (status >= 300 && status < 400) throw new DocumentError('document_redirected');
  if (status !== 200) throw new DocumentError('document_status_wrong', `the status is ${status}`);
  if (Buffer.byteLength(body) > MAX_BYTES) throw new DocumentError('document_too_large');
  const mediaType = mediaTypeOf(headers['content-type'] ?? null);
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(mediaType)) {
    throw new DocumentError(
      'document_not_json',
      `the media type is ${mediaType.slice(0, 60) || 'not given'}`,
    );
  }
  if (parseJson(body) === undefined) throw new DocumentError('document_not_json');
}
