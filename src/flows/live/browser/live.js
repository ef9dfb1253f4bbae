// @ts-check
// Keeps the page of flows as things are: the server draws, and this puts in what has changed. Served as it is.

/**
 * @typedef {{ slot: string, id: string, version: string, html?: string }} Piece
 * @typedef {{ recorder: string, pieces: Piece[], latest?: string }} View
 */

/** Milliseconds until the next try, where the browser itself has given up. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 10_000;

const connection = /** @type {HTMLElement} */ (document.getElementById('connection'));
const latest = /** @type {HTMLElement} */ (document.getElementById('latest'));

/** @type {EventSource | undefined} */
let source;
/** @type {number | undefined} */
let timer;
let pause = FIRST_PAUSE;

connect();
document.querySelectorAll('[data-slot]').forEach(localTimes);
// A page that nobody looks at costs the server nothing, and leaves its connection to another.
document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : connect()));
addEventListener('pagehide', disconnect);
addEventListener('pageshow', connect);

function connect() {
  if (source !== undefined || document.hidden) return;
  clearTimeout(timer);
  source = new EventSource(`/flows/view${location.search}`);
  source.addEventListener('view', (event) => {
    pause = FIRST_PAUSE;
    show(JSON.parse(event.data));
  });
  source.addEventListener('error', () => {
    tell('lost', 'Disconnected, trying again');
    if (source?.readyState !== EventSource.CLOSED) return;
    disconnect();
    timer = setTimeout(connect, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  });
}

function disconnect() {
  clearTimeout(timer);
  source?.close();
  source = undefined;
}

/** @param {View} view */
function show(view) {
  if (isOfAnother(view.recorder)) return;
  for (const slot of document.querySelectorAll('[data-slot]')) {
    const name = slot.getAttribute('data-slot');
    arrange(
      slot,
      view.pieces.filter((piece) => piece.slot === name),
    );
  }
  tell('live', 'Live');
  if (view.latest !== undefined) latest.textContent = view.latest;
  requestAnimationFrame(() => document.body.classList.add('moving'));
}

/**
 * After a restart the flows are others, under the same names: one that was chosen is not there any more.
 *
 * @param {string} recorder
 */
function isOfAnother(recorder) {
  const before = document.body.dataset['recorder'];
  document.body.dataset['recorder'] = recorder;
  const query = new URLSearchParams(location.search);
  if (before === recorder || !(query.has('flow') || query.has('before'))) return false;
  query.delete('flow');
  query.delete('before');
  history.replaceState(null, '', query.size === 0 ? '/flows' : `/flows?${query}`);
  disconnect();
  connect();
  return true;
}

/**
 * Makes the pieces of a slot those of the view, in their order.
 *
 * @param {Element} slot
 * @param {Piece[]} pieces
 */
function arrange(slot, pieces) {
  const wanted = new Set(pieces.map(({ id }) => id));
  for (const child of Array.from(slot.children)) if (!wanted.has(child.id)) child.remove();
  let before = slot.firstElementChild;
  for (const piece of pieces) {
    const there = document.getElementById(piece.id);
    if (there !== null && there !== before) slot.insertBefore(there, before);
    if (there === null) {
      const made = elementOf(piece);
      if (made !== null) slot.insertBefore(made, before);
    } else {
      if (there.dataset['version'] !== piece.version && piece.html !== undefined)
        change(there, elementOf(piece));
      before = there.nextElementSibling;
    }
  }
}

/**
 * The element of a piece. What the server sends is markup of its own making, in which every text of others is escaped.
 *
 * @param {Piece} piece
 */
function elementOf(piece) {
  const template = document.createElement('template');
  template.innerHTML = piece.html ?? '';
  const element = template.content.firstElementChild;
  if (element !== null) localTimes(element);
  return element;
}

/**
 * Makes one node like another and leaves alone what is the same already: what has the focus, is selected, scrolled or
 * was opened stays so.
 *
 * @param {Node} from
 * @param {Node | null} to
 */
function change(from, to) {
  if (to === null) return;
  if (!isAlike(from, to)) {
    from.parentNode?.replaceChild(to, from);
  } else if (from instanceof Element && to instanceof Element) {
    changeAttributes(from, to);
    changeChildren(from, to);
  } else if (from.nodeValue !== to.nodeValue) {
    from.nodeValue = to.nodeValue;
  }
}

/**
 * @param {Node} one
 * @param {Node} other
 */
function isAlike(one, other) {
  if (one.nodeName !== other.nodeName) return false;
  return !(one instanceof Element && other instanceof Element) || one.id === other.id;
}

/** What whoever looks at the page has done to it. */
const OF_THE_VIEWER = ['open', 'value', 'checked'];

/**
 * @param {Element} from
 * @param {Element} to
 */
function changeAttributes(from, to) {
  for (const { name } of Array.from(from.attributes)) {
    if (!to.hasAttribute(name) && !OF_THE_VIEWER.includes(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !OF_THE_VIEWER.includes(name)) from.setAttribute(name, value);
  }
}

/**
 * Children with an id stay themselves wherever they come to stand; the others are compared in their order.
 *
 * @param {Element} from
 * @param {Element} to
 */
function changeChildren(from, to) {
  /** @type {Map<string, Element>} */
  const named = new Map();
  for (const child of from.children) if (child.id !== '') named.set(child.id, child);
  /** @type {ChildNode | null} */
  let at = from.firstChild;
  for (const wanted of Array.from(to.childNodes)) {
    const id = wanted instanceof Element ? wanted.id : '';
    const same = id === '' ? unnamed(at, wanted) : named.get(id);
    if (same === undefined || !isAlike(same, wanted)) {
      from.insertBefore(wanted, at);
      continue;
    }
    if (same !== at) from.insertBefore(same, at);
    at = same.nextSibling;
    change(same, wanted);
  }
  while (at !== null) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/**
 * The node itself, if another without an id may be compared with it.
 *
 * @param {ChildNode | null} node
 * @param {Node} wanted
 * @returns {ChildNode | undefined}
 */
function unnamed(node, wanted) {
  return node !== null && isAlike(node, wanted) ? node : undefined;
}

/**
 * Times of day in the zone of whoever looks.
 *
 * @param {Element} element
 */
function localTimes(element) {
  for (const time of element.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = at.toLocaleTimeString();
  }
}

/**
 * Says how the page is connected, once for each change.
 *
 * @param {'live' | 'lost'} state
 * @param {string} text
 */
function tell(state, text) {
  if (connection.className === state) return;
  connection.className = state;
  connection.textContent = text;
}
