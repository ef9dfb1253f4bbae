import { isLoopbackHost } from '../../shared/http/loopback.js';
import type { FlowDocument, TracedExchange } from '../trace/trace.js';

/** Parameters of a URL that are new in each flow. */
const NEW_EACH_TIME = ['state', 'code_challenge', 'nonce', 'interaction', 'session', 'txn', 'ticket'];

const NEW_PARAMETER = new RegExp(`([?&](?:${NEW_EACH_TIME.join('|')})=)[^&#\\s"]*`, 'g');

/** Writes texts of one flow so that they can be compared with those of another. */
export type NormalForm = (text: string) => string;

/**
 * What is different in every flow is left out of the comparison: fingerprints, `state` and its like, the client_id that
 * the flow was issued, the port that the client waits at, and where the two servers are.
 */
export function normalFormOf(document: FlowDocument): NormalForm {
  const { route, client_id: clientId } = document.registration;
  const names: readonly (readonly [string, string])[] = [
    ...originsOf(document, 'rs').map((origin) => [origin, '{MCP server}'] as const),
    ...originsOf(document, 'as').map((origin) => [origin, '{authorization server}'] as const),
  ];
  const isIssued = route === 'dcr' || route === 'dcr-reused';
  const ports = redirectPorts(document);
  return (text) => {
    let normal = text.replace(/sha256:[0-9a-f]+…?/g, '{secret}').replace(NEW_PARAMETER, '$1{new}');
    for (const [origin, name] of names) {
      normal = normal.replaceAll(origin, name).replaceAll(encodeURIComponent(origin), name);
    }
    for (const port of ports) {
      normal = normal.replaceAll(`:${port}/`, ':{port}/').replaceAll(`%3A${port}%2F`, '%3A{port}%2F');
    }
    if (isIssued && clientId !== null && clientId !== '') normal = normal.replaceAll(clientId, '{client_id}');
    return normal;
  };
}

function originsOf(document: FlowDocument, party: TracedExchange['to']): readonly string[] {
  const urls = document.exchanges.filter(({ to }) => to === party).map(({ request }) => request.url);
  const all = party === 'rs' ? [document.target, ...urls] : urls;
  return [...new Set(all.flatMap((url) => URL.parse(url)?.origin ?? []))].filter(
    (origin) => origin !== 'null',
  );
}

/** The operating system chooses the port at which a client on loopback waits. */
function redirectPorts({ identifiers }: FlowDocument): readonly string[] {
  const ports = identifiers
    .filter(({ kind }) => kind === 'redirect_uri')
    .flatMap(({ value }) => {
      const url = URL.parse(value);
      return url && isLoopbackHost(url.hostname) && url.port !== '' ? [url.port] : [];
    });
  return [...new Set(ports)];
}
