import { describe, expect, it } from 'vitest';
import { columnsOf, fitted, inAscii, steady } from '../../../src/flows/render/columns.js';

describe('the columns of a text', () => {
  it.each([
    ['POST /mcp', 9],
    ['漢字', 4],
    ['ｆｕｌｌ', 8],
    ['한글', 4],
    ['e\u0301te\u0301', 3],
    ['├──►│', 5],
    ['🔑', 2],
    ['', 0],
  ])('of %s are %i', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });

  it('are not passed by half of a wide character where it is cut', () => {
    expect(fitted('漢字漢字', 6)).toBe('漢字…');
    expect(fitted('漢字漢字', 8)).toBe('漢字漢字');
  });
});

describe('a text of a server in a line', () => {
  it('has nothing in it whose columns terminals do not agree on', () => {
    expect(steady('a\u200bb\u00adc\ufe0f')).toBe('a\\u200bb\\u00adc');
    expect(steady('\u001b[2J\u202e\ud800')).toBe('\\u001b[2J\\u202e\\ud800');
  });

  it('has no more marks on a letter than it needs', () => {
    expect(steady(`e${'\u0301'.repeat(50)}!`)).toBe(`e${'\u0301'.repeat(3)}!`);
  });

  it('keeps its columns in ASCII', () => {
    expect(inAscii('├──►│ 漢é✓')).toBe('|-->| ???+');
  });
});
