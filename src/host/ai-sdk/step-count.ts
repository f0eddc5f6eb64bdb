const mostSteps = 100

/**
 * Returns the number of steps that a run may take, which is 20 without `stopWhen`. Of several conditions the lowest counts.
 * Adds a fault for a condition that is no count of steps.
 */
export function readStepCount(stopWhen: unknown, faults: string[]): number {
  if (stopWhen === undefined) return 20
  const conditions: readonly unknown[] = Array.isArray(stopWhen) ? stopWhen : [stopWhen]
  const counts = conditions.map(countSteps)
  const known = counts.filter((count) => count !== null)
  if (known.length === counts.length && known.length > 0) return Math.min(...known)
  faults.push(
    `stopWhen: needs stepCountIs(n), n from 1 to ${mostSteps}; a run ends when the model answers without a tool call`,
  )
  return 20
}

/**
 * Returns the number at which a condition stops, or null for a condition that reads more than the number of steps. It is
 * asked with lists that have a length and nothing else.
 */
function countSteps(condition: unknown): number | null {
  if (typeof condition !== 'function') return null
  for (let length = 0; length <= mostSteps; length++) {
    let asked = false
    const steps = onlyMember('length', () => {
      asked = true
      return length
    })
    try {
      const stops: unknown = condition(onlyMember('steps', () => steps))
      if (!asked || typeof stops !== 'boolean') {
        Promise.resolve(stops).catch(() => {}) // an asynchronous condition, which is none of ours
        return null
      }
      if (stops) return length === 0 ? null : length
    } catch {
      return null
    }
  }
  return null
}

/** An object with one member. Whoever asks for another one gets an error. */
function onlyMember(member: string, read: () => unknown): object {
  return new Proxy(
    {},
    {
      get(_target, name) {
        if (name === member) return read()
        throw new TypeError(`${String(name)} is not known before a run`)
      },
    },
  )
}
