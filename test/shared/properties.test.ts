import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, mayFetchFrom } from '../../src/shared/http/public-address.js';
import { buildBasicCredentials, parseBasicCredentials } from '../../src/shared/oauth/basic-credentials.js';
import { isAppScheme, isSameRedirectUri, redirectUriFault } from '../../src/shared/oauth/redirect-uri.js';
import { canonicalResource, isResourceIdentifier, isSameResource } from '../../src/shared/oauth/resource.js';
import { formatScope, missingScopes, parseScope } from '../../src/shared/oauth/scope.js';
import { authorizationServerMetadataLocations, wellKnownUrl } from '../../src/shared/oauth/well-known.js';
import { buildBearerChallenge, parseChallenges } from '../../src/shared/oauth/www-authenticate.js';

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 40 });
const TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
const tokenName = fc.oneof(
  fc.string({ unit: fc.constantFrom(...TOKEN_CHARACTERS), minLength: 1, maxLength: 12 }),
  fc.constantFrom('__proto__', 'constructor', 'realm', 'error'),
);
/** With one slash at the end at most: what two of them mean is between client and server. */
const webUrl = fc
  .webUrl({ withQueryParameters: true, validSchemes: ['http', 'https'] })
  .filter((text) => !new URL(text).pathname.includes('//'));

describe('Basic credentials', () => {
  it('read back as they were written, whatever they hold', () => {
    fc.assert(
      fc.property(
        anyText.filter((id) => id !== ''),
        anyText,
        (id, secret) => {
          expect(parseBasicCredentials(buildBasicCredentials(id, secret))).toEqual({ id, secret });
        },
      ),
    );
  });

  it('of anybody else are credentials or nothing, and never a throw', () => {
    const garbage = fc.oneof(
      anyText,
      fc.uint8Array({ maxLength: 40 }).map((bytes) => `Basic ${Buffer.from(bytes).toString('base64')}`),
      printable.map((text) => `basic ${text}`),
    );
    fc.assert(
      fc.property(garbage, (header) => {
        const credentials = parseBasicCredentials(header);
        if (credentials) expect(credentials.id).not.toBe('');
      }),
    );
  });
});

describe('a Bearer challenge', () => {
  it('reads back as it was written: with these parameters, these values and no others', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(tokenName, printable), { selector: ([name]) => name, minLength: 1 }),
        (pairs) => {
          const parameters = Object.fromEntries(pairs);
          expect(parseChallenges(buildBearerChallenge(parameters))).toEqual([
            { scheme: 'bearer', parameters },
          ]);
        },
      ),
    );
  });

  it('has one parameter for each value, whatever that holds', () => {
    fc.assert(
      fc.property(anyText, anyText, (error_description, scope) => {
        const written = buildBearerChallenge({ error_description, scope });
        expect(written).toMatch(/^[\x20-\x7E]*$/);
        expect(Object.keys(parseChallenges(written)?.[0]?.parameters ?? {})).toEqual([
          'error_description',
          'scope',
        ]);
      }),
    );
  });

  it('of anybody else is a list or nothing, and never a throw', () => {
    const pieces = fc.constantFrom('Bearer', ' ', ',', '=', '"', '\\', 'a', 'realm', 'é', '\t', '\n', 'AA==');
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: pieces, maxLength: 30 })), (header) => {
        expect(parseChallenges(header)?.length ?? 1).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a redirect URI', () => {
  /** One that may be registered, and every part of it apart. */
  const parts = fc.record({
    scheme: fc.constantFrom('http', 'https', 'com.example.app'),
    host: fc.constantFrom(
      'localhost',
      '127.0.0.1',
      '[::1]',
      'app.example',
      'localhost.app.example',
      '127.0.0.1.app.example',
    ),
    port: fc.constantFrom('', ':1', ':33418'),
    path: fc.constantFrom('/', '/cb', '/cb/', '/CB', '/a/../cb', '/%63b'),
    query: fc.constantFrom('', '?', '?a=1', '?a=2'),
  });
  const isLoopback = (host: string) => ['localhost', '127.0.0.1', '[::1]'].includes(host);

  it('is the registered one if all its parts are, but for the port of http on loopback', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const [a, b] = [one, other].map(
          ({ scheme, host, port, path, query }) => `${scheme}://${host}${port}${path}${query}`,
        );
        const samePort = one.port === other.port || (one.scheme === 'http' && isLoopback(one.host));
        const same =
          samePort &&
          (['scheme', 'host', 'path', 'query'] as const).every((part) => one[part] === other[part]);
        expect(isSameRedirectUri(a ?? '', b ?? '')).toBe(same);
      }),
      { numRuns: 1000 },
    );
  });

  it('leads, wherever it matches, to the host, by the scheme and to the path that were registered', () => {
    const registered = fc.constantFrom(
      'http://127.0.0.1/',
      'http://localhost:1/cb',
      'http://[::1]/',
      'https://app.example/cb?x=1',
    );
    const inserted = fc.oneof(
      fc.constantFrom(
        '@evil.example',
        '\\',
        '/',
        ':',
        ':1',
        '#',
        '?',
        '.evil.example',
        '\t',
        '[',
        ']',
        '%40',
        '。',
      ),
      anyText,
    );
    fc.assert(
      fc.property(registered, fc.nat({ max: 30 }), fc.nat({ max: 3 }), inserted, (uri, at, cut, text) => {
        const requested = uri.slice(0, at) + text + uri.slice(at + cut);
        if (!isSameRedirectUri(uri, requested) || redirectUriFault(requested) !== undefined) return;
        const [a, b] = [new URL(uri), new URL(requested)];
        for (const part of ['protocol', 'hostname', 'pathname', 'search', 'username'] as const)
          expect(b[part]).toBe(a[part]);
      }),
      { numRuns: 2000 },
    );
  });

  it('never has a scheme that a browser would run, however it is spelled', () => {
    const scheme = fc
      .constantFrom('javascript', 'data', 'vbscript', 'file', 'blob', 'about', 'view-source')
      .chain((name) =>
        fc.tuple(
          fc.constant(name),
          fc.array(fc.boolean(), { minLength: name.length, maxLength: name.length }),
        ),
      );
    const spelled = scheme.map(([name, upper]) =>
      [...name].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join(''),
    );
    fc.assert(
      fc.property(spelled, fc.constantFrom('', ' ', '\t', '\0'), anyText, (name, before, rest) => {
        expect(
          redirectUriFault(`${before}${name}:${rest}`, [name, name.toLowerCase()].filter(isAppScheme)),
        ).toBeDefined();
      }),
    );
  });
});

describe('a scope', () => {
  const scopeToken = fc
    .string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 8,
    })
    .filter((token) => !/["\\]/.test(token));

  it('reads back as it was written, each token once and in order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(scopeToken), (tokens) => {
        expect(parseScope(formatScope(tokens))).toEqual(tokens);
        expect(parseScope(`  ${formatScope([...tokens, ...tokens])} `)).toEqual(tokens);
        expect(missingScopes(tokens, tokens)).toEqual([]);
      }),
    );
  });

  it('with any other character is none', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.constantFrom('a"b', 'a\\b', 'a\tb', 'a\nb', 'é', '\0')), (text) => {
        const valid = /^[\x20\x21\x23-\x5B\x5D-\x7E]*$/.test(text);
        expect(parseScope(text) !== undefined).toBe(valid);
      }),
    );
  });
});

describe('a resource', () => {
  it('is the same one however its scheme, host, default port and last slash are spelled', () => {
    fc.assert(
      fc.property(webUrl, (text) => {
        const url = new URL(text);
        const upper = text.replace(
          /^(\w+:\/\/)([^/?#:]*)/,
          (_all, scheme: string, host: string) => scheme.toUpperCase() + host.toUpperCase(),
        );
        expect(isSameResource(text, upper)).toBe(true);
        expect(canonicalResource(canonicalResource(text))).toBe(canonicalResource(text));
        const bare = url.origin + url.pathname.replace(/\/$/, '');
        expect(isSameResource(bare, `${bare}/`)).toBe(true);
      }),
    );
  });

  it('is another one on another host, by another scheme, at another port or path', () => {
    fc.assert(
      fc.property(webUrl, webUrl, fc.constantFrom('/x', 'x', '?x', '%2F'), (text, other, more) => {
        const [a, b] = [new URL(text), new URL(other)];
        if (a.origin !== b.origin) expect(isSameResource(text, other)).toBe(false);
        const elsewhere = `${a.origin}${a.pathname}${more}`;
        expect(isSameResource(`${a.origin}${a.pathname}`, elsewhere)).toBe(false);
        expect(isResourceIdentifier(`${text}#part`)).toBe(false);
      }),
    );
  });

  it('of anybody is one or none, and never a throw', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(isSameResource(text, text)).toBe(true);
        if (isResourceIdentifier(text)) expect(text).toMatch(/^https?:\/\/[^/]/i);
      }),
    );
  });

  it('is another one with another query, whatever that ends with', () => {
    fc.assert(
      fc.property(webUrl, fc.webQueryParameters(), fc.webQueryParameters(), (text, one, other) => {
        const { origin, pathname } = new URL(text);
        expect(isSameResource(`${origin}${pathname}?${one}`, `${origin}${pathname}?${other}`)).toBe(
          one === other,
        );
        expect(isSameResource(`${origin}${pathname}?x=${one}/`, `${origin}${pathname}?x=${one}`)).toBe(false);
      }),
    );
  });
});

describe('well-known places', () => {
  it('are on the host that is asked about, with its whole path', () => {
    fc.assert(
      fc.property(webUrl, (text) => {
        const { origin, pathname } = new URL(text);
        const path = pathname.replace(/\/$/, '');
        const issuer = `${origin}${path}`;
        const locations = authorizationServerMetadataLocations(issuer);
        expect(locations).toHaveLength(path === '' ? 2 : 3);
        for (const { url } of locations) {
          expect(new URL(url).origin).toBe(origin);
          expect(new URL(url).pathname.replace(/\/\.well-known\/[\w-]+/, '')).toBe(path);
        }
        expect(wellKnownUrl(issuer, 'x')).toBe(`${origin}/.well-known/x${path}`);
      }),
    );
  });
});

describe('an address that is not public', () => {
  const byte = fc.nat({ max: 255 });
  const privateIpv4 = fc.oneof(
    fc.tuple(fc.constantFrom(0, 10, 127), byte, byte, byte),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
    fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
    fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
    fc.tuple(fc.constant(198), fc.integer({ min: 18, max: 19 }), byte, byte),
    fc.tuple(fc.integer({ min: 224, max: 255 }), byte, byte, byte),
  );
  const number = ([a, b, c, d]: readonly [number, number, number, number]) =>
    ((a * 256 + b) * 256 + c) * 256 + d;
  const octal = (part: number) => `0${part.toString(8)}`;
  const hex = (part: number) => `0x${part.toString(16)}`;
  const pair = (high: number, low: number) => (high * 256 + low).toString(16);

  it.each<[string, (parts: [number, number, number, number]) => string]>([
    ['four parts', (parts) => parts.join('.')],
    ['one number', (parts) => String(number(parts))],
    ['one hexadecimal number', (parts) => hex(number(parts))],
    ['one octal number', (parts) => octal(number(parts))],
    ['octal parts', (parts) => parts.map(octal).join('.')],
    ['hexadecimal parts', (parts) => parts.map(hex).join('.')],
    ['two parts', ([a, b, c, d]) => `${a}.${(b * 256 + c) * 256 + d}`],
    ['three parts', ([a, b, c, d]) => `${a}.${b}.${c * 256 + d}`],
    ['an IPv4-mapped one', (parts) => `::ffff:${parts.join('.')}`],
    ['a mapped one in hexadecimal', ([a, b, c, d]) => `::ffff:${pair(a, b)}:${pair(c, d)}`],
    ['an IPv4-compatible one', (parts) => `::${parts.join('.')}`],
    ['a NAT64 one', ([a, b, c, d]) => `64:ff9b::${pair(a, b)}:${pair(c, d)}`],
    ['a 6to4 one', ([a, b, c, d]) => `2002:${pair(a, b)}:${pair(c, d)}::1`],
  ])('is refused written as %s, by itself and as the host of a URL', (_spelling, spell) => {
    fc.assert(
      fc.property(privateIpv4, (parts) => {
        const address = spell(parts);
        expect(isPublicAddress(address)).toBe(false);
        const { hostname } = new URL(
          `https://${address.includes(':') ? `[${address}]` : address}/client.json`,
        );
        const read = hostname.replace(/^\[(.*)\]$/, '$1');
        expect(mayFetchFrom(hostname, read, { allowLoopback: false })).toBe(false);
        expect(mayFetchFrom('app.example', read, { allowLoopback: true })).toBe(false);
      }),
    );
  });
});
