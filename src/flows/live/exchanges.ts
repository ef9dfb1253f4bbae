import { VERSION } from '../../shared/version.js';
import { createExchangeStream, type ExchangePlace } from './exchange-stream.js';
import type { LiveSource } from './live-source.js';

/** `GET /flows/exchanges`: the exchanges of this process, as the server of the site tells them. */
export function exchangesEndpoint({ site, recorder, log, skipped, ticker }: LiveSource): {
  answer(request: Request): Response;
  close(): void;
} {
  const { kept, subscribe } = log;
  const stream = createExchangeStream({ recorder, version: VERSION, kept, skipped, subscribe }, ticker);
  return {
    answer(request) {
      if (request.method === 'GET') return stream.answer(request, placeOf(site));
      return new Response('this is for GET\n', {
        status: 405,
        headers: { allow: 'GET', 'content-type': 'text/plain; charset=utf-8' },
      });
    },
    close: () => stream.close(),
  };
}

/** As it is now: the issuer may have changed. */
function placeOf({ places: { server, issuer, resource } }: LiveSource['site']): ExchangePlace {
  return {
    server,
    ...(server === 'as' && issuer !== undefined && { issuer }),
    ...(server === 'rs' && resource !== undefined && { resource }),
  };
}
