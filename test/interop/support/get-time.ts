import { expect } from 'vitest';

/** That a call of get_time for Asia/Tokyo gave a time of now, there; both SDKs and both eras answer in this shape. */
export function expectTimeInTokyo(result: unknown): void {
  expect(result).not.toMatchObject({ isError: true });
  expect(result).toMatchObject({
    structuredContent: {
      iso8601: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00$/),
      timezone: 'Asia/Tokyo',
    },
  });
  const { structuredContent } = result as { structuredContent: { iso8601: string; epoch_seconds: number } };
  expect(Date.parse(structuredContent.iso8601) / 1000).toBe(structuredContent.epoch_seconds);
  expect(Math.abs(Date.now() / 1000 - structuredContent.epoch_seconds)).toBeLessThan(60);
}
