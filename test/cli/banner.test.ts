import { describe, expect, it } from 'vitest';
import { type BannerFacts, renderBanner } from '../../src/cli/banner.js';

const bannerOf = (facts: Partial<BannerFacts>): string =>
  renderBanner({
    resource: 'http://localhost:8001/mcp',
    issuer: 'http://localhost:9000',
    demoMode: true,
    users: [],
    ...facts,
  });

/** Clients that begin with `initialize`. */
const OF_2025 = /VS Code|Claude Code|mcp-remote/;

describe('the store in the banner', () => {
  it('is named where one was chosen', () => {
    expect(bannerOf({ store: 'sqlite:oauth.db' })).toMatch(/^ {2}Store {22}sqlite:oauth\.db$/m);
    expect(bannerOf({})).not.toContain('Store');
  });
});

describe('the clients in the banner', () => {
  it.each(['both', '2025'] as const)('are those that people have, for a server of --era %s', (era) => {
    expect(bannerOf({ era })).toMatch(OF_2025);
    expect(bannerOf({ era })).toContain('inspect-flow');
    expect(bannerOf({ era })).not.toContain('--protocol-era');
  });

  it('are those that speak it, for a server of --era 2026-07-28', () => {
    const banner = bannerOf({ era: '2026-07-28' });
    expect(banner).not.toMatch(OF_2025);
    expect(banner).toMatch(/mcp-inspector --cli .* --protocol-era modern/s);
    expect(banner).toContain('inspect-flow');
    expect(banner).toContain('needs a server without --era');
  });

  it('fit 80 columns', () => {
    const clients = { registration: ['preset'], presets: 1 } as const;
    for (const facts of [{}, { era: '2026-07-28', clients }, { transport: 'sse', clients }] as const) {
      const longest = Math.max(
        ...bannerOf(facts)
          .split('\n')
          .map(({ length }) => length),
      );
      expect(longest).toBeLessThanOrEqual(80);
    }
  });
});
