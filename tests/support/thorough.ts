/**
 * How often what is proved by repetition is repeated: in full in CI, less often at a desk, where somebody waits for it.
 * `CI=true npm test` does here what CI does.
 */
export function often(inCi: number, atADesk: number): number {
  return process.env.CI === 'true' ? inCi : atADesk;
}
