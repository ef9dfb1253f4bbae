/** What XML 1.0 has no place for, and what could steer a terminal or turn a text around. */
const UNSAFE = /(?![\t\n\r])[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\uFFFE\uFFFF]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** The attributes of an element; those that are undefined are left out. */
export type XmlAttributes = Readonly<Record<string, string | number | undefined>>;

/**
 * An XML element. Characters that XML cannot hold become visible, as in `\u001b`.
 *
 * @param children elements as XML, a line each
 */
export function xmlElement(
  name: string,
  attributes: XmlAttributes,
  children: readonly string[] = [],
): string {
  const tag = [name, ...Object.entries(attributes).flatMap(attribute)].join(' ');
  if (children.length === 0) return `<${tag}/>`;
  const inner = children.map((child) => `  ${child.replaceAll('\n', '\n  ')}`).join('\n');
  return `<${tag}>\n${inner}\n</${name}>`;
}

/** An XML element that holds text only. Its line ends are written so that no indent becomes part of the text. */
export function xmlTextElement(name: string, attributes: XmlAttributes, text: string): string {
  const tag = [name, ...Object.entries(attributes).flatMap(attribute)].join(' ');
  return `<${tag}>${escaped(text)}</${name}>`;
}

function attribute([name, value]: readonly [string, string | number | undefined]): readonly string[] {
  return value === undefined ? [] : [`${name}="${escaped(String(value))}"`];
}

function escaped(text: string): string {
  return text
    .replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/[&<>"\t\n\r]/g, (character) => ENTITIES[character]!);
}
