import fc from 'fast-check';
import { flowDocument, type FlowDocument } from '../../../src/flows/index.js';

/** What servers write who want their text to be more than text. */
export const HOSTILE_TEXTS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '"><b onmouseover=alert(1)>x</b>',
  "' onfocus='alert(1)' autofocus='",
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'https://evil.example/?a=1&lt;',
  'www.evil.example',
  'someone@evil.example',
  '</style><script>alert(1)</script>',
  '</title></head><body onload=alert(1)>',
  ']]><script>alert(1)</script>',
  '--><script>alert(1)</script><!--',
  '</svg></a></code></pre></details></table>',
  '![x](https://evil.example/x.png)',
  '[x](javascript:alert(1))',
  '<https://evil.example>',
  '@octocat and #1 and octocat/repo#2 and GH-3',
  '0123456789abcdef0123456789abcdef01234567',
  '| a | b |\n|---|---|\n| c | d |',
  '```\n# out\n```',
  '~~~~~~~~\n# out',
  '`` ` ``` code',
  'ends with \\',
  'a \\| b',
  '**bold** _it_ ~~no~~ $$x^2$$ :smile:',
  '- [ ] a\n1. b\n> c\n# d\n---\n===',
  '[^1]: note [^1]',
  '\n\n</details>\n\n# out',
  '; Note over client: x',
  '#35; #quot; &amp; &#60;',
  '%%{init: {"theme":"dark"}}%%',
  '%% comment',
  'end',
  'style a:#b;c',
  'classDef x:#fff;',
  ':wrap: nowrap: wrap:',
  'client->>rs: forged',
  '---\ntitle: x\n---',
  'ﬂ°°60¶ß',
  '\u001b[31mred\u001b[0m\u0000\u0007',
  '\u202Eright to left\u202C',
  'مرحبا بالعالم',
  '\uD800 alone',
  '   ',
  '',
  'W'.repeat(3000),
] as const;

/** Texts that are bad, or simply any. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'`|\\<>&"\'#;:%@!*_~$[](){}-=+.\n a1') }),
);

/** Members that hold one of a few words; with any other the document would not be one. */
const WORDS = new Set(
  'version outcome observed_by step from to level status kind route way possible origin chosen conforming by severity who last_step'.split(
    ' ',
  ),
);

/** What a watched flow has beside others, so that each of its texts can be another one. */
const WATCHED: FlowDocument['watched'] = {
  flow: 'f1',
  by: 'servers',
  client: { name: 'a client', evidence: ['its user agent', 'its redirect URI'] },
  addresses: ['127.0.0.1'],
  user_agents: ['agent/1'],
  last_step: 'token',
  token_last_used_at: '2026-01-01T00:00:00.000Z',
  findings: (['problem', 'notice'] as const).map((severity) => ({
    id: 'dead-client-id',
    severity,
    what: 'what is wrong',
    evidence: ['seen once', 'seen twice'],
    who: 'client' as const,
    change: 'change it',
    spec: { title: 'RFC 6749 §5.2', url: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.2' },
  })),
  notes: ['something was not seen'],
};

/** The same as if it had been watched, with something in each member. */
export function asWatched(document: FlowDocument): FlowDocument {
  const exchanges = document.exchanges.map((one) => ({
    ...one,
    reason_code: 'a_reason',
    linked_by: 'a link',
  }));
  return { ...document, exchanges, watched: WATCHED };
}

/**
 * A document with another text in every place where a server may have written one: values, names of headers and of
 * members of bodies. It is that of a watched flow, which has most texts.
 *
 * @param next gives the texts one after the other
 */
export function documentWith(document: FlowDocument, next: () => string): FlowDocument {
  const names = new Set(Object.keys(document.exchanges[0]!));
  const walk = (value: unknown, name: string, isFree: boolean): unknown => {
    if (typeof value === 'string') return WORDS.has(name) && !isFree ? value : next();
    if (Array.isArray(value)) return value.map((item: unknown) => walk(item, name, isFree));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        const inside = isFree || key === 'headers' || key === 'body';
        return [isFree && !names.has(key) ? next() : key, walk(inner, key, inside)];
      }),
    );
  };
  const { steps, registration, ...rest } = asWatched(document);
  const changed = walk(rest, '', false) as object;
  return flowDocument.parse({
    ...changed,
    steps: steps.map((step) => ({ ...step, reason: next() })),
    registration: {
      ...(walk(registration, '', false) as object),
      route: registration.route,
    },
  });
}

/** The same with one text everywhere, or with any sequence of texts again and again. */
export function inTurn(texts: readonly string[]): () => string {
  let count = 0;
  return () => texts[count++ % texts.length]!;
}

/** A flow of many exchanges, as a server makes it that never says no in the same way twice. */
export function longDocument(document: FlowDocument, exchanges: number, text: string): FlowDocument {
  const first = document.exchanges[0]!;
  const more = Array.from({ length: exchanges }, (_, index) => ({
    ...first,
    sequence: first.sequence,
    request: { ...first.request, url: `https://mcp.example/${index}/${text}`, body: { [text]: text } },
    response: first.response && { ...first.response, headers: { 'x-long': text }, body: text },
  }));
  return { ...document, exchanges: [...more, ...document.exchanges] };
}
