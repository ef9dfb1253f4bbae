import type { DocumentFetchFault } from '../../shared/http/document.js';
import { OAuthError } from '../../shared/oauth/errors.js';

/** Why a document that the server has to read cannot be used. */
export type DocumentFault =
  | DocumentFetchFault
  | 'document_host_not_trusted'
  | 'document_redirected'
  | 'document_status_wrong'
  | 'document_not_json'
  | 'document_client_id_mismatch'
  | 'document_invalid';

/** Each as the end of a sentence about the document. */
const IN_WORDS: Record<DocumentFault, string> = {
  document_host_not_found:
    'its host name cannot be resolved from here, as there is no such host or no way out of this network',
  document_address_not_public: 'its address is not a public one, and only such are fetched from',
  document_unreachable: 'no connection to its host came about, or it broke off',
  document_tls_failed: 'its host has no certificate that is trusted here',
  document_timeout: 'its host took too long',
  document_too_large: 'it is too large',
  document_busy: 'too many documents are being fetched at the moment',
  document_host_not_trusted: 'its host is not one of those that are trusted here',
  document_redirected: 'its host redirects to another place, and redirects are not followed',
  document_status_wrong: 'its host does not answer with status 200',
  document_not_json: 'what is there is not JSON',
  document_client_id_mismatch:
    'its client_id is not, character by character, the URL that it was fetched from',
  document_invalid: 'what it says is not valid client metadata',
};

/** Those that may pass without the client doing anything: it should come again, and not forget who it is. */
const PASSING: ReadonlySet<DocumentFault> = new Set([
  'document_host_not_found',
  'document_unreachable',
  'document_tls_failed',
  'document_timeout',
  'document_busy',
]);

const REASONS: ReadonlySet<string> = new Set([...Object.keys(IN_WORDS), 'client_id_url_invalid']);

/** Whether a fault may pass by itself. */
export function isPassing(fault: DocumentFault): boolean {
  return PASSING.has(fault);
}

/** Whether a refusal is about the document that the `client_id` is the URL of, or about that URL. */
export function isDocumentReason(reason: string): boolean {
  return REASONS.has(reason);
}

/** What is thrown where a document cannot be used. */
export class DocumentError extends Error {
  readonly fault: DocumentFault;
  /** more than the words of the fault, for whoever looks after the document */
  readonly detail: string | undefined;

  constructor(fault: DocumentFault, detail?: string) {
    super(IN_WORDS[fault]);
    this.name = 'DocumentError';
    this.fault = fault;
    this.detail = detail;
  }

  /**
   * The refusal of the request that needed the document.
   *
   * @param what the document, as `the metadata document of this client`
   */
  toOAuthError(what: string): OAuthError {
    const description = `${what} cannot be used: ${this.message}${this.detail === undefined ? '' : ` (${this.detail})`}`;
    return isPassing(this.fault)
      ? new OAuthError('temporarily_unavailable', description, {
          reason: this.fault,
          headers: { 'retry-after': '30' },
        })
      : new OAuthError('invalid_client', description, { reason: this.fault });
  }
}
