import { defineConfig } from 'vitest/config';

/** Faults, with real processes: servers that are killed, stores that go away, disks that are full, clocks that jump. */
export default defineConfig({
  test: {
    globalSetup: 'test/support/build.ts',
    include: ['test/faults/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
