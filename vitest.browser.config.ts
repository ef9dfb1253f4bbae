import { defineConfig } from 'vitest/config';

/** The pages in a real Chromium. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/build.ts',
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    expect: { poll: { timeout: 20_000 } },
  },
});
