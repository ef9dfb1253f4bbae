/** What a server asks for when it reads a document from the internet. */
export interface DocumentRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** above this many bytes of body the reading stops */
  readonly maxBytes: number;
  /** ends everything, from the look-up of the name to the last byte */
  readonly signal: AbortSignal;
}

/**
 * What came back: the answer to this one request, whatever its status; a redirect is not followed. The body may be left
 * out of an answer that is not 200.
 */
export interface DocumentResponse {
  readonly status: number;
  /** names in lower case */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The narrow way out to documents whose URL somebody unknown has named. Whoever implements it sees to it that no
 * address is connected to that is not public, and checks the very address that it connects to.
 *
 * @throws DocumentFetchError if there is no answer to speak of
 */
export type FetchDocument = (url: string, request: DocumentRequest) => Promise<DocumentResponse>;

/** Why there is no answer. */
export type DocumentFetchFault =
  | 'document_host_not_found'
  | 'document_address_not_public'
  | 'document_busy'
  | 'document_unreachable'
  | 'document_tls_failed'
  | 'document_timeout'
  | 'document_too_large';

/** What a {@link FetchDocument} throws; anything else that it throws counts as `document_unreachable`. */
export class DocumentFetchError extends Error {
  readonly fault: DocumentFetchFault;

  /** @param fault stable name of the cause */
  constructor(fault: DocumentFetchFault, options?: ErrorOptions) {
    super(fault, options);
    this.name = 'DocumentFetchError';
    this.fault = fault;
  }
}
