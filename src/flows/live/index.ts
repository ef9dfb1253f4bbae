import { EXCHANGES_PATH } from '../record/hello.js';
import { LEVERS_PATH } from '../record/meaning.js';
import { documentOf } from '../watch/document.js';
import { createAccess } from './access.js';
import { exchangesEndpoint } from './exchanges.js';
import { createFlowPages } from './flow-pages.js';
import { createLeverDesk } from './levers.js';
import type { LivePages, LiveSource } from './live-source.js';

/** Serves what is under `/flows`, to those who may look. */
export function createLivePages(source: LiveSource): LivePages {
  const { site, token, clock, random, ticker } = source;
  const { issuer, resource } = site.places;
  const { origin } = new URL(issuer ?? resource ?? '');
  const exchanges = exchangesEndpoint(source);
  const levers = createLeverDesk(site.levers, random);
  const pages = createFlowPages({ ...source, levers, documentOf });
  return {
    fetch: createAccess(
      { origin, demoMode: site.demoMode, token, clock, random, ticker },
      async (request, viewer) => {
        switch (new URL(request.url).pathname) {
          case EXCHANGES_PATH:
            return exchanges.answer(request);
          case LEVERS_PATH:
            return levers.answer(request, viewer);
          default:
            return pages.fetch(request, viewer);
        }
      },
    ),
    async close() {
      exchanges.close();
      await pages.close();
    },
  };
}
