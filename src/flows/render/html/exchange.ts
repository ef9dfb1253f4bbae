import { STATUS_CODES } from 'node:http';
import { PARTY_TEXTS } from '../../diagram/diagram.js';
import type { FrontChannelMessage, TracedExchange } from '../../trace/trace.js';
import { shownBody } from '../body.js';
import type { Anchors } from './anchors.js';
import { cutShort } from '../cut-short.js';
import { code, html, type Markup, shown } from './markup.js';

/** So much of a body and of headers is on the page; a saved trace has all that was kept. */
const MAX_BODY = 20_000;
const MAX_HEADERS = 100;

/**
 * One exchange: in one line what was asked and answered, and behind it headers and bodies.
 *
 * @param remark stands below the answer
 */
export function exchangeArticle(exchange: TracedExchange, anchors: Anchors, remark?: Markup): Markup {
  const { sequence, from, to, request, response, error, milliseconds } = exchange;
  const { reason_code: reason, linked_by: linked } = exchange;
  const problem = error ?? cutShort(exchange) ?? null;
  return html`<article class="exchange" ${idOf(anchors, sequence)}>
    <p class="line"><strong>${shown(request.method, 40)}</strong> ${code(withoutQuery(request.url), 600)}</p>
    <p class="answer">
      ${answer(response)} ${reason === null ? undefined : html`<code>${shown(reason, 100)}</code>`}
      <span class="quiet"
        >${PARTY_TEXTS[from].longName} → ${PARTY_TEXTS[to].longName}, ${milliseconds} ms</span
      >
    </p>
    ${problem === null ? undefined : html`<p class="bad">✗ ${shown(problem)}</p>`} ${remark}
    <details>
      <summary>Headers and bodies</summary>
      ${linked === null ? undefined : html`<p class="quiet">Part of this flow by: ${shown(linked, 600)}</p>`}
      <div class="sides">
        <div>
          <h4>Request</h4>
          ${parameters(request.url)}${message(request)}
        </div>
        ${
          response === null
            ? undefined
            : html`<div>
                <h4>Response</h4>
                ${message(response)}
              </div>`
        }
      </div>
    </details>
  </article>`;
}

/** What went by way of the browser. */
export function messageArticle({ sequence, kind, url }: FrontChannelMessage, anchors: Anchors): Markup {
  const what = kind === 'authorization-request' ? 'Sent by way of the browser' : 'Came by way of the browser';
  return html`<article class="exchange" ${idOf(anchors, sequence)}>
    <p class="line">${what}: ${code(withoutQuery(url), 600)}</p>
    ${parameters(url)}
  </article>`;
}

function idOf(anchors: Anchors, sequence: number): Markup | undefined {
  const id = anchors.take('at', sequence);
  return id === undefined ? undefined : html` id="${id}"`;
}

function answer(response: TracedExchange['response']): Markup {
  if (response === null) return html`<span class="status bad">no response</span>`;
  const { status } = response;
  const look = status < 400 ? 'good' : status < 500 ? 'warn' : 'bad';
  return html`<span class="status ${look}">${status} ${STATUS_CODES[status] ?? ''}</span>`;
}

function withoutQuery(url: string): string {
  const [base = '', ...query] = url.split('?');
  return query.length === 0 ? base : `${base}?…`;
}

/** The parameters of a URL, as people read them; what is not valid stays as it is. */
function parameters(url: string): Markup | undefined {
  const query = url.split(/\?(.*)/s)[1]?.split('#')[0] ?? '';
  const pairs = query.split('&').filter((pair) => pair !== '');
  if (pairs.length === 0) return undefined;
  return html`<ul class="parameters">
    ${pairs.slice(0, MAX_HEADERS).map((pair) => {
      const [name = '', value = ''] = pair.split(/=(.*)/s);
      return html`<li>
        <span class="name">${shown(readable(name))}</span>=<span>${shown(readable(value))}</span>
      </li>`;
    })}
  </ul>`;
}

function readable(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function message({ headers, body }: Pick<TracedExchange['request'], 'headers' | 'body'>): Markup {
  const all = Object.entries(headers);
  const { lines, left } = shownBody(body, MAX_BODY);
  return html`<ul class="headers">
      ${all
        .slice(0, MAX_HEADERS)
        .map(
          ([name, value]) => html`<li><span class="name">${shown(name, 200)}</span>: ${shown(value)}</li>`,
        )}
    </ul>
    ${all.length > MAX_HEADERS ? html`<p class="quiet">… ${all.length - MAX_HEADERS} more headers</p>` : undefined}
    ${lines.length === 0 ? undefined : html`<pre>${lines.flatMap((line) => [typeof body === 'string' ? line : jsonLine(line), '\n'])}</pre>`}
    ${left > 0 ? html`<p class="quiet">… ${left} more characters</p>` : undefined}`;
}

/** The name of a member stands out. */
function jsonLine(line: string): Markup {
  const [, indent, name, rest] = /^(\s*)("(?:[^"\\]|\\.)*")(: .*)$/s.exec(line) ?? [];
  if (name === undefined) return html`${line}`;
  return html`${indent}<span class="name">${name}</span>${rest}`;
}
