import { defineConfig } from 'vitest/config';

/** Clients that nobody here wrote; downloads them on the first run. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/build.ts',
    include: ['test/interop/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
