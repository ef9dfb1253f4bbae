import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pathOf } from '../../../src/shared/http/path-of.js';

it('the path of a URL in its normal form is what taking it apart gives', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (text) => {
      const url = new URL(text);
      expect(pathOf(url.href)).toBe(url.pathname);
    }),
  );
  expect(pathOf('http://localhost:9000')).toBe('/');
  expect(pathOf('http://localhost:9000/flows?at=/x#/y')).toBe('/flows');
});
