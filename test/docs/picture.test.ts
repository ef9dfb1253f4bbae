import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { draw } from '../../scripts/picture/draw.js';

const options = { columns: 80, label: 'a "run" of <it>' };

describe('the picture of a terminal', () => {
  it('takes nothing of what it draws for its own marks', () => {
    const picture = draw(['</text><script>alert("1")</script> & so on'], options);
    expect(picture).not.toMatch(/<script|"1"| & /);
    expect(picture).toContain('&lt;/text&gt;&lt;script&gt;');
    expect(picture).toContain('aria-label="a &quot;run&quot; of &lt;it&gt;"');
  });

  it('has the colours of the terminal, and none of its sequences', () => {
    const picture = draw(['\u001b[31mred\u001b[39m \u001b[1mbold\u001b[22m plain'], options);
    expect(picture).toContain('fill="#ff7b72">red<');
    expect(picture).toContain('font-weight="bold">bold<');
    expect(picture).not.toContain('\u001b');
  });

  it('in the README is of a run that completed, and tells who cannot see it what is on it', () => {
    const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    expect(read('README.md')).toMatch(/!\[[^\]]{20,}\]\(docs\/inspect-flow\.svg\)/);
    const picture = read('docs/inspect-flow.svg');
    expect(picture).toContain('completed: the MCP server was reached with a token');
    expect(picture).not.toContain(String.fromCharCode(27));
  });
});
