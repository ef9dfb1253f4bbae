import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Agent, Dispatcher } from 'undici';
import {
  DocumentFetchError,
  type DocumentFetchFault,
  type DocumentRequest,
  type DocumentResponse,
  type FetchDocument,
} from '../shared/http/document.js';
import { orAborted } from '../shared/http/or-aborted.js';
import { mayFetchFrom } from '../shared/http/public-address.js';

/** How names are looked up: the system's own way, all addresses. */
export type LookupAll = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** What the fetcher may do beside what is always allowed. */
export interface DocumentFetcherOptions {
  /** whether a name that says loopback may be fetched from */
  readonly allowLoopback: boolean;
  /** default: the system's look-up */
  readonly lookup?: LookupAll;
}

/** A host that takes longer to connect to is as good as gone. */
const MAX_CONNECT_MILLISECONDS = 3000;

/**
 * How many names may be looked up at once. The system works through a few at a time, and a slow name server holds one for
 * longer than anybody waits here: without a bound those of an attacker would queue up before everybody else's.
 */
const MAX_LOOKUPS = 16;

/** Headers of a document are a few hundred bytes. */
const MAX_HEADER_BYTES = 16 * 1024;

/**
 * Makes the way out to documents on the internet. Each address that a name resolves to is checked in the look-up of the
 * connection itself, so the address that was checked is the one that is connected to: between the two nobody can change
 * what the name means (DNS rebinding). No proxy, no redirect, no cookie, no compression.
 */
export function createDocumentFetcher({ allowLoopback, lookup = systemLookup }: DocumentFetcherOptions): {
  readonly fetchDocument: FetchDocument;
  close(): Promise<void>;
} {
  let agent: Agent | undefined;
  // Loaded with the first document: a server that reads none starts faster.
  const agentFor = async () => {
    const undici = await import('undici');
    return (agent ??= new undici.Agent({
      connect: { lookup: guardedLookup(lookup, allowLoopback), timeout: MAX_CONNECT_MILLISECONDS },
      connections: 4,
      keepAliveTimeout: 1000,
      maxHeaderSize: MAX_HEADER_BYTES,
    }));
  };
  return {
    async fetchDocument(url, request) {
      try {
        checkLiteral(new URL(url).hostname, allowLoopback);
        // A connection that does not come about holds the library longer than the signal allows.
        return await orAborted(answerOf(await agentFor(), url, request), request.signal);
      } catch (thrown) {
        throw thrown instanceof DocumentFetchError
          ? thrown
          : new DocumentFetchError(faultOf(thrown, request.signal), { cause: thrown });
      }
    },
    close: async () => agent?.destroy(),
  };
}

/** An address in the URL is connected to without any look-up. */
function checkLiteral(hostname: string, allowLoopback: boolean): void {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const isLiteral = address !== hostname || /^[\d.]+$/.test(address);
  if (isLiteral && !mayFetchFrom(hostname, address, { allowLoopback })) throw notPublic();
}

function guardedLookup(lookup: LookupAll, allowLoopback: boolean): LookupFunction {
  let underWay = 0;
  return (hostname, options, callback) => {
    if (underWay >= MAX_LOOKUPS) return callback(new DocumentFetchError('document_busy'), '', 0);
    underWay += 1;
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      underWay -= 1;
      if (error) return callback(error, '', 0);
      const [first] = addresses;
      const allowed = addresses.every(({ address }) => mayFetchFrom(hostname, address, { allowLoopback }));
      if (!first || !allowed) return callback(notPublic(), '', 0);
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

function notPublic(): DocumentFetchError {
  return new DocumentFetchError('document_address_not_public');
}

async function answerOf(
  dispatcher: Dispatcher,
  url: string,
  { headers, maxBytes, signal }: DocumentRequest,
): Promise<DocumentResponse> {
  const { origin, pathname, search } = new URL(url);
  const response = await dispatcher.request({
    method: 'GET',
    origin,
    path: pathname + search,
    headers,
    signal,
  });
  return {
    status: response.statusCode,
    headers: Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [
        name.toLowerCase(),
        [value].flat().join(', '),
      ]),
    ),
    body:
      response.statusCode === 200 ? await textOf(response.body, maxBytes) : await withoutText(response.body),
  };
}

async function textOf(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    // Leaving the loop closes the connection.
    if (size > maxBytes) throw new DocumentFetchError('document_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** No document: what a host puts into its error pages is of no use, and often larger than any document. */
async function withoutText(body: Dispatcher.ResponseData['body']): Promise<string> {
  body.on('error', () => undefined).destroy();
  return '';
}

const NOT_FOUND = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA'];
const TIMEOUT = ['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'];
const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO$)/;

function faultOf(thrown: unknown, signal: AbortSignal): DocumentFetchFault {
  if (signal.aborted) return 'document_timeout';
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (NOT_FOUND.includes(code)) return 'document_host_not_found';
  if (TIMEOUT.includes(code)) return 'document_timeout';
  return TLS.test(code) ? 'document_tls_failed' : 'document_unreachable';
}
