import type { RegistrationVerdict } from '../trace/trace.js';

/**
 * The ways to a client_id as rows of the verdict, label and text: which were open, which one was taken, and which one
 * should have been.
 */
export function precedenceRows({
  precedence,
  chosen,
  conforming,
}: Pick<RegistrationVerdict, 'precedence' | 'chosen' | 'conforming'>): readonly (readonly [
  string,
  string,
])[] {
  // What comes after both was of no weight.
  const last = precedence.findLastIndex(({ way }) => way === chosen || way === conforming);
  return precedence.slice(0, last + 1).map(({ way, possible, because }, index) => {
    const marks = [
      way === chosen ? 'taken' : '',
      way === conforming && way !== chosen ? 'what the specification wants' : '',
    ].filter((mark) => mark !== '');
    const marked = marks.length === 0 ? '' : ` (${marks.join(', ')})`;
    return [index === 0 ? 'ways' : '', `${possible ? '✓' : '·'} ${way}${marked}: ${because}`] as const;
  });
}
