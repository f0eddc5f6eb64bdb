import { isUnavailable, StudioError } from '../../errors.ts'
import type { Stores } from '../store.ts'

/** Finds the shard of a row, and remembers it. */
export interface Routes {
  readonly shards: readonly Stores[]
  /** Notes where rows with these ids are. */
  learn(shard: number, ids: readonly string[]): void
  /** Returns the shard of an id, if it is known. */
  known(id: string): number | undefined
  /** May a shard have the row with this id? Every shard may have one that is not known. */
  mayHave(shard: number, id: string): boolean
  /** Returns the shard in which a row with this id is created. */
  home(id: string): number
  /**
   * Asks the shards for a row until one has it: the one that is known to have it, else its home and then all others. Resolves
   * to the answer of its home when nobody has it, and rejects when one that may have it does not answer.
   */
  find<T>(
    id: string,
    ask: (shard: Stores) => Promise<T>,
    isFound?: (answer: T) => boolean,
  ): Promise<T>
  /** Creates a row at its home, or in the next shard when its home does not answer and certainly did nothing. */
  create<T>(id: string, make: (shard: Stores) => Promise<T>): Promise<T>
  /** Asks all shards. Resolves to the answers of those that answer; rejects when none does, or for any other error. */
  everywhere<T>(ask: (shard: Stores, index: number) => Promise<T>): Promise<T[]>
}

/** The most ids that an instance remembers. An id that it has forgotten is asked for everywhere. */
const maxKnown = 100_000

/** Creates the routes of these shards. */
export function createRoutes(shards: readonly Stores[]): Routes {
  const places = new Map<string, number>()
  const at = (index: number): Stores => {
    const shard = shards[index]
    if (!shard) throw new Error(`There is no shard ${index}`)
    return shard
  }
  const learn = (shard: number, ids: readonly string[]) => {
    for (const id of ids) {
      places.delete(id) // the newest stand last
      places.set(id, shard)
    }
    for (const id of places.keys()) {
      if (places.size <= maxKnown) break
      places.delete(id)
    }
  }
  const home = (id: string) => hash(id) % shards.length
  const otherThan = (index: number) => [...shards.keys()].filter((other) => other !== index)
  return {
    shards,
    learn,
    known: (id) => places.get(id),
    mayHave: (shard, id) => (places.get(id) ?? shard) === shard,
    home,
    find: (id, ask, isFound = (answer) => answer !== null) =>
      findRow({ shards, place: places.get(id), home: home(id) }, ask, isFound, (shard) =>
        learn(shard, [id]),
      ),
    async create(id, make) {
      const first = home(id)
      for (const shard of [first, ...otherThan(first)]) {
        try {
          const made = await make(at(shard))
          learn(shard, [id])
          return made
        } catch (error) {
          if (!didNothing(error)) throw error
        }
      }
      throw new StudioError('unavailable', 'No shard is available', {
        headers: { 'retry-after': '1' },
      })
    },
    async everywhere(ask) {
      const answers = await Promise.allSettled(shards.map((shard, index) => ask(shard, index)))
      for (const answer of answers) {
        if (answer.status === 'rejected' && !isUnavailable(answer.reason)) throw answer.reason
      }
      const given = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      const [lost] = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
      if (given.length === 0 && lost !== undefined) throw lost
      return given
    },
  }
}

/** The shards that may have a row, and where it is known to be. */
interface Search {
  readonly shards: readonly Stores[]
  readonly place: number | undefined
  readonly home: number
}

async function findRow<T>(
  { shards, place, home }: Search,
  ask: (shard: Stores) => Promise<T>,
  isFound: (answer: T) => boolean,
  onFound: (shard: number) => void,
): Promise<T> {
  const known = place === undefined ? undefined : shards[place]
  if (known) return ask(known)
  const failures: unknown[] = []
  const tryShard = async (shard: Stores, index: number): Promise<{ answer: T } | null> => {
    try {
      const answer = await ask(shard)
      if (isFound(answer)) onFound(index)
      return { answer }
    } catch (error) {
      failures.push(error)
      return null
    }
  }
  const atHome = shards[home]
  const first = atHome ? await tryShard(atHome, home) : null
  if (first && isFound(first.answer)) return first.answer
  const others = await Promise.all(
    shards.map(async (shard, index) => (index === home ? null : tryShard(shard, index))),
  )
  const found = others.find((one) => one && isFound(one.answer))
  if (found) return found.answer
  if (failures.length > 0 || !first) throw failures[0]
  return first.answer
}

/** Was the shard away, and is it certain that it wrote nothing? */
function didNothing(error: unknown): boolean {
  if (!isUnavailable(error)) return false
  const { details } = error as StudioError
  return (details as { outcome?: string } | undefined)?.outcome !== 'unknown'
}

/** FNV-1a, 32 bits. It decides where rows are created, so it must never change. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return value >>> 0
}
