import { html } from 'hono/html';
import type { OAuthError } from '../../../shared/oauth/errors.js';
import { nameOf } from '../../clients/name.js';
import type { ValidatedRedirectUri } from '../../clients/redirect-uris.js';
import type { ClientRecord } from '../../store/records.js';
import { destination, fact } from './facts.js';
import type { Page } from './page.js';

/** Says to somebody who answers a page again that the first answer holds. */
export function answeredPage(error: OAuthError): Page {
  return {
    title: 'Answered already',
    status: error.status,
    body: html`
      <h1>You have answered this already</h1>
      <p class="good" role="status">${sentence(error.description)}</p>
      <p>
        Go back to your client: it goes on there. Should it still wait, start the sign-in again from your
        client; this page cannot be used a second time.
      </p>
    `,
  };
}

/** Says what went wrong to the person at the browser; the client is not told, as nobody knows who that is. */
export function errorPage(error: OAuthError): Page {
  if (error.status === 503) return unavailablePage(error);
  return {
    title: 'This did not work',
    status: error.status,
    headers: error.headers,
    body: html`
      <h1>This did not work</h1>
      <p class="bad" role="alert">${sentence(error.description)}</p>
      <p>
        Close this page, go back to your client and start the sign-in again. If that ends here too, the client
        sends a request that this authorization server can't accept, and the log of the server says why.
      </p>
      <dl>
        <div>
          <dt>Error</dt>
          <dd><code>${error.error}</code></dd>
        </div>
      </dl>
    `,
  };
}

/** Says that it is the server that can't go on, for now; nothing is wrong with what was sent. */
function unavailablePage(error: OAuthError): Page {
  return {
    title: 'Not available for now',
    status: error.status,
    headers: error.headers,
    body: html`
      <h1>Not available for now</h1>
      <p class="bad" role="alert">${sentence(error.description)}</p>
      <p>
        Wait a few seconds, then load this page again, and send the form again if your browser asks. If that
        does not help, start the sign-in again from your client. You have done nothing wrong, nor has it.
      </p>
    `,
  };
}

/** Asks somebody to wait from whose address there came too many requests. They may load the page again then. */
export function tooManyPage(error: OAuthError): Page {
  return {
    title: 'Too many requests',
    status: error.status,
    headers: error.headers,
    body: html`
      <h1>Too many requests</h1>
      <p class="bad" role="alert">${sentence(error.description)}</p>
      <p>
        Nothing is lost: load this page again then, and send the form again if your browser asks. Everybody in
        the same network may share one address, so it need not be you who asked too often.
      </p>
    `,
  };
}

/** What the page about a request that the client has to be told about shows. */
export interface WayBackFacts {
  readonly error: OAuthError;
  readonly client: ClientRecord;
  readonly redirect_uri: ValidatedRedirectUri;
  /** the redirect URI with the error in it */
  readonly back: string;
}

/** Says what went wrong, and lets the user decide whether to go where the client wants its answer. */
export function wayBackPage({ error, client, redirect_uri, back }: WayBackFacts): Page {
  return {
    title: 'This did not work',
    status: error.status,
    body: html`
      <h1>This did not work</h1>
      <p class="bad" role="alert">${sentence(error.description)}</p>
      <p>
        That is what <strong>${nameOf(client)}</strong> has to be told. Go back only if you came from there
        and know the address: nobody here has checked it. It has no need of the password that you use here.
      </p>
      <dl>
        ${fact('Where its answers go', destination(redirect_uri))}
        ${fact('Error', html`<code>${error.error}</code>`)}
      </dl>
      <p><a href="${back}" rel="noreferrer">Go back to the client</a></p>
    `,
  };
}

function sentence(text: string): string {
  // The name of a parameter stays as it is spelled.
  return `${text.replace(/^[a-z]+(?=[ ,])/, (word) => word[0]!.toUpperCase() + word.slice(1))}.`;
}
