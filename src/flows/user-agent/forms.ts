import { attributesOf, decodeEntities, type HtmlToken, tokensOf } from '../parsing/html.js';

/** A control of a form, as far as it matters for sending it. */
export interface Control {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  /** whether the browser would send it as the page came */
  readonly selected: boolean;
}

/** A button that sends a form, with what a person reads on it. */
export interface Submit {
  readonly name: string;
  readonly value: string;
  readonly label: string;
}

/** A form of a page, as a browser would send it. */
export interface Form {
  readonly method: 'GET' | 'POST';
  /** as it is written in the page; '' is the page itself */
  readonly action: string;
  readonly controls: readonly Control[];
  readonly submits: readonly Submit[];
}

/** The forms of a page, as far as a simple sign-in page uses them. */
export function formsOf(html: string): readonly Form[] {
  const forms: { readonly opening: string; readonly inside: HtmlToken[] }[] = [];
  let inForm = false;
  let inTemplate = false;
  for (const token of tokensOf(html)) {
    if (token.name === 'template') inTemplate = !token.closing;
    if (inTemplate) continue;
    if (token.name === 'form') {
      inForm = !token.closing;
      if (inForm) forms.push({ opening: token.text, inside: [] });
    } else if (inForm) forms.at(-1)?.inside.push(token);
  }
  return forms.map(({ opening, inside }) => {
    const { method = 'get', action = '' } = attributesOf(opening);
    return {
      method: method.toLowerCase() === 'post' ? 'POST' : 'GET',
      action,
      controls: controlsOf(inside),
      submits: submitsOf(inside),
    };
  });
}

const SUBMIT_TYPES: ReadonlySet<string> = new Set(['submit', 'image']);
const NEVER_SENT: ReadonlySet<string> = new Set(['submit', 'image', 'button', 'reset', 'file']);

function inputsOf(inside: readonly HtmlToken[]): readonly Readonly<Record<string, string>>[] {
  return inside
    .filter(({ name, closing }) => name === 'input' && !closing)
    .map(({ text }) => attributesOf(text));
}

function controlsOf(inside: readonly HtmlToken[]): readonly Control[] {
  return inputsOf(inside)
    .filter(({ name, disabled }) => name !== undefined && name !== '' && disabled === undefined)
    .map((attributes) => {
      const type = (attributes['type'] ?? 'text').toLowerCase();
      const choice = type === 'checkbox' || type === 'radio';
      return {
        name: attributes['name'] ?? '',
        type,
        value: attributes['value'] ?? (choice ? 'on' : ''),
        selected: choice ? attributes['checked'] !== undefined : true,
      };
    })
    .filter(({ type }) => !NEVER_SENT.has(type));
}

interface Button {
  readonly attributes: Readonly<Record<string, string>>;
  readonly label: string;
  readonly type: string;
}

/** The buttons that are closed again, each with the text in it. */
function buttonsOf(inside: readonly HtmlToken[]): readonly Button[] {
  const buttons: Button[] = [];
  let open: { readonly attributes: Readonly<Record<string, string>>; readonly label: string[] } | undefined;
  for (const { name, closing, text } of inside) {
    if (name === 'button' && open && closing) {
      const { attributes, label } = open;
      buttons.push({
        attributes,
        label: decodeEntities(label.join('')),
        type: attributes['type'] ?? 'submit',
      });
    }
    if (name === 'button') open = closing ? undefined : { attributes: attributesOf(text), label: [] };
    else open?.label.push(name === '' ? text : ' ');
  }
  return buttons;
}

function submitsOf(inside: readonly HtmlToken[]): readonly Submit[] {
  const inputs = inputsOf(inside).map((attributes) => ({
    attributes,
    label: attributes['value'] ?? '',
    type: attributes['type'] ?? 'text',
  }));
  return [...buttonsOf(inside), ...inputs]
    .filter(
      ({ type, attributes }) => SUBMIT_TYPES.has(type.toLowerCase()) && attributes['disabled'] === undefined,
    )
    .map(({ attributes, label }) => ({
      name: attributes['name'] ?? '',
      value: attributes['value'] ?? '',
      label: label.replace(/\s+/g, ' ').trim(),
    }));
}
