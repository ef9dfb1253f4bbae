/** The variables of the environment that tell what a terminal can do. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Names in `TERM_PROGRAM` of terminals that show links. */
const WITH_LINKS = new Set([
  'iTerm.app',
  'WezTerm',
  'vscode',
  'ghostty',
  'zed',
  'rio',
  'Tabby',
  'WarpTerminal',
]);
/** The same in `TERM`. */
const WITH_LINKS_BY_TERM = /^(?:xterm-kitty|xterm-ghostty|alacritty|foot)/;
/** What only terminals with links set. */
const SET_WITH_LINKS = ['WT_SESSION', 'KITTY_WINDOW_ID', 'DOMTERM', 'ALACRITTY_WINDOW_ID'];
/** The first VTE (GNOME Terminal and others) that shows links without crashing. */
const VTE_WITH_LINKS = 5001;

/**
 * Whether a stream leads to a terminal that shows links (OSC 8). `FORCE_HYPERLINK` decides, where it is set; `0` is no.
 *
 * @param stream stdout or stderr
 */
export function areLinksShown({ isTTY }: { readonly isTTY?: boolean }, env: Environment): boolean {
  const forced = env['FORCE_HYPERLINK'];
  if (forced !== undefined && forced !== '') return forced !== '0';
  const isPlain = env['TERM'] === 'dumb' || Boolean(env['CI']);
  // What a terminal inside of another shows is for the inner one to say, and few do.
  const isNested = Boolean(env['TMUX']) || env['TERM']?.startsWith('screen') === true;
  if (isTTY !== true || isPlain || isNested) return false;
  return (
    WITH_LINKS.has(env['TERM_PROGRAM'] ?? '') ||
    WITH_LINKS_BY_TERM.test(env['TERM'] ?? '') ||
    SET_WITH_LINKS.some((name) => Boolean(env[name])) ||
    Number(env['VTE_VERSION'] ?? 0) >= VTE_WITH_LINKS
  );
}

/**
 * Whether lines, arrows and ticks can be written: not on a dumb terminal, under a locale that is not UTF-8, or in the old
 * console of Windows. Where no locale is set, as in most containers, they can.
 *
 * @param platform as `process.platform`
 */
export function isUnicodeShown(env: Environment, platform: string): boolean {
  if (env['TERM'] === 'dumb') return false;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'];
  if (platform === 'win32' && !locale) {
    return Boolean(env['WT_SESSION'] || env['TERM_PROGRAM'] || env['ConEmuTask'] || env['CI']);
  }
  return !locale || /utf-?8/i.test(locale);
}

/**
 * How wide the window is.
 *
 * @param columns as the stream tells
 * @param env `COLUMNS` counts where the stream does not know
 * @returns columns; 80 where nobody knows
 */
export function windowWidth(columns: number | undefined, env: Environment): number {
  if (columns !== undefined && columns > 0) return columns;
  const told = Number(env['COLUMNS']);
  return Number.isInteger(told) && told > 0 ? told : 80;
}
