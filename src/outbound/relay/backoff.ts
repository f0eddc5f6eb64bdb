const firstDelayMs = 5_000
const longestDelayMs = 6 * 3_600_000

/** How many attempts a message gets: those that fit into a time. Counted, so that a message that is redelivered gets them again. */
export function attemptsIn(retryMs: number): number {
  let left = retryMs
  let attempts = 1
  while ((left -= longestDelay(attempts)) >= 0) attempts++
  return attempts
}

function longestDelay(attempts: number): number {
  return Math.min(longestDelayMs, firstDelayMs * 4 ** (attempts - 1))
}

/** Returns the pause after so many attempts: 5 s, 20 s, 80 s and so on up to 6 hours; a fifth of it is random. */
export function delayAfter(attempts: number): number {
  return longestDelay(attempts) * (0.8 + Math.random() * 0.2)
}
