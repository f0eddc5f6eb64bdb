/** A limit on tasks at a time. Further ones wait in order of arrival. */
export interface Slots {
  /** Runs a task as soon as there is a slot. An urgent one does not wait. */
  use<T>(key: string, task: () => Promise<T>): Promise<T>
  /** Lets the waiting task of this key, and one that comes with it later, start without a slot. */
  hurry(key: string): void
  /** Starts everything that waits, because the tasks themselves do nothing any more. */
  open(): void
}

/** Creates slots for at most `limit` tasks at a time. */
export function createSlots(limit: number): Slots {
  const waiting = new Map<string, (() => void)[]>()
  const urgent = new Set<string>()
  let used = 0
  let isOpen = false

  const start = (key: string): void => {
    const starts = waiting.get(key) ?? []
    waiting.delete(key)
    for (const one of starts) one()
  }
  const leave = (): void => {
    used--
    const [next] = waiting.keys()
    if (next !== undefined && used < limit) start(next)
  }
  return {
    async use(key, task) {
      if (used >= limit && !isOpen && !urgent.delete(key)) {
        await new Promise<void>((resolve) => {
          waiting.set(key, [...(waiting.get(key) ?? []), resolve])
        })
      }
      used++
      try {
        return await task()
      } finally {
        leave()
      }
    },
    hurry(key) {
      if (waiting.has(key)) start(key)
      else if (used >= limit) urgent.add(key)
    },
    open() {
      isOpen = true
      for (const key of waiting.keys()) start(key)
    },
  }
}
