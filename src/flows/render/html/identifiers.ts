import type { FlowDocument } from '../../trace/trace.js';
import { type ComparedIdentifier, compareIdentifiers } from '../../findings/identifiers.js';
import { html, type Markup, shown } from './markup.js';

/** So many of the places are named where an identifier was seen. */
const MAX_PLACES = 20;

/** Every spelling of an issuer, resource, audience or redirect URI, with the character marked where one differs. */
export function identifiersSection({ identifiers }: FlowDocument): Markup {
  const compared = compareIdentifiers(identifiers);
  if (compared.length === 0) return html``;
  return html`<section id="identifiers">
    <h2>Identifiers</h2>
    <p class="quiet">Servers and clients compare these character by character.</p>
    <table>
      <thead>
        <tr>
          <th scope="col">kind</th>
          <th scope="col">value</th>
          <th scope="col">seen as</th>
        </tr>
      </thead>
      <tbody>
        ${compared.map(row)}
      </tbody>
    </table>
  </section>`;
}

function row({ kind, value, where, difference }: ComparedIdentifier): Markup {
  const places = where.slice(0, MAX_PLACES).map((place) => html`<li>${shown(place)}</li>`);
  const left = where.length - places.length;
  return html`<tr${difference === null ? undefined : html` class="differs"`}><th scope="row">${kind}</th>
<td>${marked(value, difference?.at)}${difference === null ? undefined : html`<p class="warn">${shown(difference.inWords)}</p>`}</td>
<td><ul>${places}${left > 0 ? html`<li>… and ${left} more</li>` : undefined}</ul></td></tr>`;
}

/** The value with the first character marked that differs; the end, if it ends too early. */
function marked(value: string, at: number | undefined): Markup {
  if (at === undefined || at > 2000) return html`<code>${shown(value)}</code>`;
  const point = value.codePointAt(at);
  const character = point === undefined ? '' : String.fromCodePoint(point);
  const rest = value.slice(at + character.length);
  return html`<code
    >${shown(value.slice(0, at))}<mark>${character === '' ? html`&#160;` : shown(character)}</mark>${shown(rest)}</code
  >`;
}
