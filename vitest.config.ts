import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Workers and the command line run from dist/: it is brought up to date once, before the first test.
    globalSetup: ['test/build-first.ts'],
    // Tests that start Verilator or Yosys, or walk ten thousand images, state their own longer limits.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
