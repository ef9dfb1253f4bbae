import { DocumentFetchError, type DocumentRequest, type DocumentResponse } from '../../src/as/index.js';
import { CALLBACK } from './support.js';

/** A client's document, and a URL for it. */
export const CLIENT = 'https://app.example/oauth/client.json';

export function documentOf(
  over: Readonly<Record<string, unknown>> = {},
  url = CLIENT,
): Record<string, unknown> {
  return {
    client_id: url,
    client_name: 'Example App',
    redirect_uris: [CALLBACK],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
    ...over,
  };
}

type Answerer = (request: DocumentRequest) => DocumentResponse | Promise<DocumentResponse>;

/** The hosts of the documents: what they answer can be changed, and they remember what they were asked. */
export function documentHost() {
  const answers = new Map<string, Answerer>();
  const asked: { readonly url: string; readonly headers: Readonly<Record<string, string>> }[] = [];
  return {
    asked,
    /** how often a URL was asked for */
    count: (url = CLIENT) => asked.filter((one) => one.url === url).length,
    answer: (url: string, answerer: Answerer) => void answers.set(url, answerer),
    serve(json: unknown = documentOf(), headers: Readonly<Record<string, string>> = {}, url = CLIENT) {
      answers.set(url, () => ({
        status: 200,
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof json === 'string' ? json : JSON.stringify(json),
      }));
    },
    fail(fault: ConstructorParameters<typeof DocumentFetchError>[0], url = CLIENT) {
      answers.set(url, () => {
        throw new DocumentFetchError(fault);
      });
    },
    async fetchDocument(url: string, request: DocumentRequest): Promise<DocumentResponse> {
      asked.push({ url, headers: request.headers });
      const answerer = answers.get(url);
      if (!answerer) throw new DocumentFetchError('document_host_not_found');
      return answerer(request);
    },
  };
}
