import { describe, expect, it } from 'vitest';
import { areLinksShown, isUnicodeShown, windowWidth } from '../../src/cli/terminal.js';

describe('links are shown', () => {
  const tty = { isTTY: true };

  it.each([
    { TERM_PROGRAM: 'vscode' },
    { TERM_PROGRAM: 'iTerm.app' },
    { VTE_VERSION: '7600' },
    { WT_SESSION: '8f2c' },
    { KITTY_WINDOW_ID: '1' },
    { TERM: 'alacritty' },
  ])('in a terminal that has them: %o', (env) => {
    expect(areLinksShown(tty, env)).toBe(true);
    expect(areLinksShown({}, env)).toBe(false);
  });

  it.each([
    {},
    { TERM: 'xterm-256color' },
    { VTE_VERSION: '4900' },
    { WT_SESSION: '8f2c', TERM: 'dumb' },
    { TERM_PROGRAM: 'vscode', CI: 'true' },
    { VTE_VERSION: '7600', TMUX: '/run/tmux,1,0' },
    { VTE_VERSION: '7600', TERM: 'screen-256color' },
  ])('in no other: %o', (env) => {
    expect(areLinksShown(tty, env)).toBe(false);
  });

  it('as FORCE_HYPERLINK says, if it says anything', () => {
    expect(areLinksShown({}, { FORCE_HYPERLINK: '1' })).toBe(true);
    expect(areLinksShown(tty, { TERM_PROGRAM: 'vscode', FORCE_HYPERLINK: '0' })).toBe(false);
    expect(areLinksShown(tty, { TERM_PROGRAM: 'vscode', FORCE_HYPERLINK: '' })).toBe(true);
  });
});

describe('lines and arrows are shown', () => {
  it.each([
    [{}, 'linux', true],
    [{ LANG: 'de_DE.UTF-8' }, 'linux', true],
    [{ LANG: 'C' }, 'linux', false],
    [{ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, 'linux', false],
    [{ LANG: 'C', LC_ALL: '', LC_CTYPE: 'en_GB.utf8' }, 'linux', true],
    [{ LANG: 'en_GB.UTF-8', TERM: 'dumb' }, 'linux', false],
    [{}, 'win32', false],
    [{ WT_SESSION: '8f2c' }, 'win32', true],
  ])('under %o on %s: %s', (env, platform, shown) => {
    expect(isUnicodeShown(env, platform)).toBe(shown);
  });
});

describe('the width of the window', () => {
  it('is that of the terminal, else COLUMNS, else 80', () => {
    expect(windowWidth(132, { COLUMNS: '60' })).toBe(132);
    expect(windowWidth(undefined, { COLUMNS: '60' })).toBe(60);
    expect(windowWidth(undefined, { COLUMNS: 'wide' })).toBe(80);
    expect(windowWidth(0, { COLUMNS: '-1' })).toBe(80);
  });
});
