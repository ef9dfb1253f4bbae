import { attributesOf, decodeEntities } from '../html.js';

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

export interface Form {
  readonly method: 'GET' | 'POST';
  /** as it is written in the page; '' is the page itself */
  readonly action: string;
  readonly controls: readonly Control[];
  readonly submits: readonly Submit[];
}

/** The forms of a page, as far as a simple sign-in page uses them. */
export function formsOf(html: string): readonly Form[] {
  const page = html
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<(script|style|template)\b[\s\S]*?<\/\1\s*>/gi, '');
  return [...page.matchAll(/(<form\b[^>]*>)([\s\S]*?)(?:<\/form\s*>|$)/gi)].map(([, opening, inside]) => {
    const { method = 'get', action = '' } = attributesOf(opening!);
    return {
      method: method.toLowerCase() === 'post' ? 'POST' : 'GET',
      action,
      controls: controlsOf(inside!),
      submits: submitsOf(inside!),
    };
  });
}

const SUBMIT_TYPES: ReadonlySet<string> = new Set(['submit', 'image']);
const NEVER_SENT: ReadonlySet<string> = new Set(['submit', 'image', 'button', 'reset', 'file']);

function controlsOf(inside: string): readonly Control[] {
  return [...inside.matchAll(/<input\b[^>]*>/gi)]
    .map(([tag]) => attributesOf(tag))
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

function submitsOf(inside: string): readonly Submit[] {
  const buttons = [...inside.matchAll(/(<button\b[^>]*>)([\s\S]*?)<\/button\s*>/gi)].map(
    ([, tag, label]) => ({
      attributes: attributesOf(tag!),
      label: decodeEntities(label!.replace(/<[^>]*>/g, ' ')),
      type: attributesOf(tag!)['type'] ?? 'submit',
    }),
  );
  const inputs = [...inside.matchAll(/<input\b[^>]*>/gi)].map(([tag]) => ({
    attributes: attributesOf(tag),
    label: attributesOf(tag)['value'] ?? '',
    type: attributesOf(tag)['type'] ?? 'text',
  }));
  return [...buttons, ...inputs]
    .filter(
      ({ type, attributes }) => SUBMIT_TYPES.has(type.toLowerCase()) && attributes['disabled'] === undefined,
    )
    .map(({ attributes, label }) => ({
      name: attributes['name'] ?? '',
      value: attributes['value'] ?? '',
      label: label.replace(/\s+/g, ' ').trim(),
    }));
}
