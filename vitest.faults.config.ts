import { defineConfig } from 'vitest/config';

/** Of the tests of the authorization server, those in which it matters what its store does. */
const ABOUT_STORING = [
  'client-configuration',
  'grants-page',
  'introspect-revoke',
  'jwt',
  'levers',
  'login-consent',
  'private-key-jwt',
  'races',
  'refresh-token',
  'register',
  'session',
  'token',
  'unknown-clients',
].map((name) => `test/as/${name}.test.ts`);

/**
 * Faults, with real processes: servers that are killed, stores that go away, disks that are full, clocks that jump. And the
 * tests of the authorization server once more, on each store that outlives it.
 */
export default defineConfig({
  test: {
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'faults',
          globalSetup: 'test/support/build.ts',
          include: ['test/faults/**/*.test.ts'],
        },
      },
      ...['sqlite', 'redis'].map((store) => ({
        extends: true as const,
        test: {
          name: `on ${store}`,
          include: ABOUT_STORING,
          env: { MCP_OAUTH_DEMO_TEST_STORE: store },
        },
      })),
    ],
  },
});
