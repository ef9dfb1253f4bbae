import { createHash } from 'node:crypto';
import { STEP_TEXTS } from '../trace/step-texts.js';
import { code, html, type Markup, shown } from '../render/html/markup.js';
import type { Watch } from '../watch/watch.js';
import type { WatchedClient, WatchedFlow } from '../watch/watched-flow.js';
import { flowsIn, hrefOf, type Selection } from './selection.js';
import { clientName, counted, stateOf, timeOfDay } from './words.js';

/** So many stand in a list at once. */
const MAX_CLIENTS = 30;
/** So many of the clients are in sight without opening anything. */
const FIRST_CLIENTS = 4;
const MAX_FLOWS = 50;

/** The clients, each a link that leaves only its flows; and a form for those that are not listed. */
export function clientList(watch: Watch, { client: chosen }: Selection): Markup {
  const all = watch.clients();
  const listed = all.slice(0, MAX_CLIENTS);
  const isInSight = (client: WatchedClient) =>
    client.clientId === chosen || listed.indexOf(client) < FIRST_CLIENTS;
  const item = (client: WatchedClient) => clientItem(client, client.clientId === chosen);
  const others = listed.filter((client) => !isInSight(client));
  const left = all.length - listed.length;
  return html`<section aria-labelledby="clients-title">
    <h2 id="clients-title">Clients</h2>
    <ul class="list clients">
      <li><a href="/flows" ${current(chosen === undefined)}>All clients</a></li>
      ${chosen === undefined || listed.some(({ clientId }) => clientId === chosen) ? undefined : unlistedItem(chosen)}
      ${listed.filter(isInSight).map(item)}
    </ul>
    <details id="more-clients">
      <summary>
        ${others.length === 0 ? 'Find a client' : counted(others.length + left, 'more client')}
      </summary>
      <ul class="list clients">
        ${others.map(item)}
      </ul>
      ${left > 0 ? html`<p class="quiet">… and ${left} seen longer ago</p>` : undefined}
      <form action="/flows" method="get" class="find">
        <label for="client-id">Only this client_id</label>
        <input
          id="client-id"
          name="client"
          value="${chosen}"
          maxlength="2048"
          autocomplete="off"
          spellcheck="false"
        />
        <button>Show</button>
      </form>
    </details>
  </section>`;
}

/** A client that was asked for and is not among those in sight. */
function unlistedItem(clientId: string): Markup {
  return html`<li><a href="${hrefOf({ client: clientId })}" ${current(true)}>${code(clientId, 80)}</a></li>`;
}

/** What a screen reader says of the link whose page this is. */
function current(isCurrent: boolean): Markup | undefined {
  return isCurrent ? html` aria-current="true"` : undefined;
}

function clientItem({ clientId, client, name, route, flows }: WatchedClient, isChosen: boolean): Markup {
  const called = clientName({ client, clientId, name });
  return html`<li id="of-${hashOf(clientId)}">
    <a href="${hrefOf({ client: clientId })}" ${current(isChosen)}
      ><strong>${called}</strong>
      <span class="marks"
        >${routeMark(route.route)} <span class="quiet">${counted(flows.length, 'flow')}</span></span
      >
      ${called === clientId ? undefined : html`<code class="quiet">${shown(clientId, 80)}</code>`}</a
    >
  </li>`;
}

/** Ids on the page have no room for whatever a client_id may be. */
function hashOf(clientId: string): string {
  return createHash('sha256').update(clientId).digest('hex').slice(0, 12);
}

/** The flows, the newest first, as many as a list holds. */
export function flowList(watch: Watch, selection: Selection, shownId: string | undefined): Markup {
  const flows = flowsIn(watch, selection);
  const start = selection.before === undefined ? 0 : flows.findIndex(({ id }) => id === selection.before) + 1;
  const listed = flows.slice(start, start + MAX_FLOWS);
  const last = listed.at(-1);
  const older = flows.length - start - listed.length;
  return html`<section aria-labelledby="flows-title">
    <h2 id="flows-title">Flows</h2>
    ${selection.flow === undefined && selection.before === undefined ? undefined : html`<p><a href="${hrefOf({ client: selection.client })}">Follow the newest</a></p>`}
    ${flows.length === 0 ? html`<p class="quiet">None yet${selection.client === undefined ? '' : ' of this client'}.</p>` : undefined}
    <ol class="list" reversed>
      ${listed.map((flow) => flowItem(flow, selection, flow.id === shownId))}
    </ol>
    ${older > 0 ? html`<p><a href="${hrefOf({ client: selection.client, before: last?.id })}">${counted(older, 'older flow')}</a></p>` : undefined}
  </section>`;
}

function flowItem(flow: WatchedFlow, { client }: Selection, isShown: boolean): Markup {
  const { id, route, lastStep, findings, startedAt } = flow;
  const { text, look } = stateOf(flow);
  const problems = findings.filter(({ severity }) => severity === 'problem').length;
  const step =
    lastStep === undefined ? undefined : html`<span class="quiet">${STEP_TEXTS[lastStep].title}</span>`;
  return html`<li id="item-${id}">
    <a href="${hrefOf({ client, flow: id })}" ${current(isShown)}
      ><span class="quiet">${id}</span> <strong>${clientName(flow)}</strong>
      <span class="when quiet">${timeOfDay(startedAt)}</span>
      <span class="marks"
        ><span class="state ${look}">${text}</span> ${routeMark(route.route)} ${step}
        ${findings.length === 0 ? undefined : html`<span class="${problems > 0 ? 'bad' : 'warn'}">${counted(findings.length, 'finding')}</span>`}</span
      ></a
    >
  </li>`;
}

function routeMark(route: string | null): Markup | undefined {
  return route === null ? undefined : html`<span class="mark">${route}</span>`;
}
