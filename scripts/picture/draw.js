/** What begins a change of colour in a terminal. */
const CONTROL = '\u001b[';

const COLUMN = 8.4;
const LINE = 18;
const MARGIN = 20;
/** On a background of its own, so that it reads the same on light and dark pages. */
const BACKGROUND = '#0d1117';
const TEXT = '#e6edf3';
const COLOURS = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
  90: '#8b949e',
};

/**
 * Draws what a terminal shows as SVG.
 *
 * @param {readonly string[]} lines with SGR sequences, and no others
 * @param {{ columns: number, label: string }} options `label` says what is seen, for who can't see it
 * @returns {string}
 */
export function draw(lines, { columns, label }) {
  const width = Math.ceil(MARGIN * 2 + columns * COLUMN);
  const height = MARGIN * 2 + lines.length * LINE;
  const rows = lines.map(
    (line, at) =>
      `<text xml:space="preserve" style="white-space:pre" x="${MARGIN}" y="${MARGIN + (at + 0.75) * LINE}">${spans(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(label)}">
<rect width="100%" height="100%" rx="10" fill="${BACKGROUND}"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${TEXT}">
${rows.join('\n')}
</g>
</svg>
`;
}

/** One line with its colours: each stretch of the same style is a tspan, put at its column whatever the font. */
function spans(line) {
  let style = {};
  let column = 0;
  const place = (text) => {
    const x = MARGIN + column * COLUMN;
    column += [...text].length;
    return span(text, style, x);
  };
  const [first, ...styled] = line.split(CONTROL);
  const start = place(first);
  const stretches = styled.map((part) => {
    const end = part.indexOf('m');
    for (const code of part.slice(0, end).split(';').map(Number)) style = changed(style, code);
    return place(part.slice(end + 1));
  });
  return [start, ...stretches].join('');
}

function span(text, style, x) {
  if (text === '') return '';
  return `<tspan x="${Number(x.toFixed(1))}"${attributes(style)}>${escape(text)}</tspan>`;
}

function changed(style, code) {
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, dim: true };
  if (code === 22) return { ...style, bold: false, dim: false };
  if (code === 39) return { ...style, colour: undefined };
  return code in COLOURS ? { ...style, colour: COLOURS[code] } : style;
}

function attributes({ bold, dim, colour }) {
  return `${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.65"' : ''}${colour ? ` fill="${colour}"` : ''}`;
}

function escape(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
