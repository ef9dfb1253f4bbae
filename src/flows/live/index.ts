import { EXCHANGES_PATH } from '../record/hello.js';
import { exchangesEndpoint } from './exchanges.js';
import type { LivePages, LiveSource } from './live-source.js';
import { mayLook } from './may-look.js';

/** Serves what is under `/flows`. */
export function createLivePages(source: LiveSource): LivePages {
  const exchanges = exchangesEndpoint(source);
  return {
    fetch: async (request) => {
      if (new URL(request.url).pathname !== EXCHANGES_PATH) return undefined;
      switch (mayLook(request, source)) {
        case 'yes':
          return exchanges.answer(request);
        case 'with-token':
          return new Response('the flows are shown to whoever has the token of --flows-token\n', {
            status: 401,
            headers: { 'www-authenticate': 'Bearer', 'content-type': 'text/plain; charset=utf-8' },
          });
        case 'nothing-here':
          return undefined;
      }
    },
    close: async () => exchanges.close(),
  };
}
