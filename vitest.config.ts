import { defineConfig } from 'vitest/config';

/** The tests; those of the authorization server once more, with real sockets between them and it. */
export default defineConfig({
  test: {
    // On two cores there would be one: most of the time a test waits for other processes.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'in process',
          globalSetup: 'test/support/build.ts',
          include: ['test/**/*.test.ts'],
          exclude: ['test/interop/**', 'test/browser/**', 'test/faults/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'over sockets',
          include: ['test/as/**/*.test.ts'],
          env: { MCP_OAUTH_DEMO_TEST_OVER: 'sockets' },
        },
      },
    ],
  },
});
