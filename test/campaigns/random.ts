/** Random choices that a seed determines. */
export interface Random {
  /** Returns a number from 0 up to, but not including, 1. */
  next(): number
  /** Returns a whole number from `from` to `to`, both included. */
  between(from: number, to: number): number
  /** Returns true with a probability. */
  chance(probability: number): boolean
  /** Returns one item of a list, which must not be empty. */
  pick<T>(list: readonly T[]): T
}

/** Creates a generator (mulberry32). The same seed produces the same choices. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick<T>(list: readonly T[]): T {
      const [first] = list
      if (first === undefined) throw new Error('Cannot pick from an empty list')
      return list[between(0, list.length - 1)] ?? first
    },
  }
}
