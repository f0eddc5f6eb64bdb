import { isUnavailable } from '../../errors.ts'
import { nextTurn } from '../../lib/steps/turns.ts'

/** How the calls of a group are made. */
export interface GroupOptions<Item, Result> {
  /** About how many characters an item has. A group has at most 1,000,000, or one item. */
  sizeOf(item: Item): number
  /** Makes one call. */
  alone(item: Item): Promise<Result>
  /**
   * Makes several calls with one statement. Resolves to a function for each item, which finishes its call; null for an item
   * that has to be sent alone.
   */
  together(items: readonly Item[]): Promise<readonly ((() => Promise<Result>) | null)[]>
}

/** The most items of a group. More would not make an item cheaper. */
const maxItems = 1_000

/** The most characters of a group. */
export const maxSize = 1_000_000

/** A statement that takes longer than this, in milliseconds, no longer makes others wait for it. */
const patienceMs = 100

interface Waiting<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Promise<Result>) => void
  readonly reject: (error: unknown) => void
}

/**
 * Gathers calls while a statement is on its way, and sends them together when it is back and its callers had their turn: what they
 * write next goes along. A call that finds nothing on its way is sent at once, so nothing waits when there is no load.
 *
 * @see docs/decisions/240-changes-are-written-in-groups.md
 */
export function createGroup<Item, Result>(
  options: GroupOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = []
  let isBusy = false
  const flush = () => {
    const group = waiting.splice(0, countFirst(waiting, options))
    isBusy = group.length > 0
    if (!isBusy) return
    let isOver = false
    const end = () => {
      clearTimeout(patience)
      if (!isOver) void nextTurn().then(flush)
      isOver = true
    }
    const patience = setTimeout(end, patienceMs)
    void send(options, group).then(end)
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (!isBusy) flush()
    })
}

/** Returns how many of the waiting calls go together. */
function countFirst<Item, Result>(
  waiting: readonly Waiting<Item, Result>[],
  { sizeOf }: GroupOptions<Item, Result>,
): number {
  let size = 0
  const end = waiting.findIndex(({ item }, index) => {
    size += sizeOf(item)
    return index === maxItems || (index > 0 && size > maxSize)
  })
  return end < 0 ? waiting.length : end
}

/** Settles all calls of a group, and never rejects. */
async function send<Item, Result>(
  options: GroupOptions<Item, Result>,
  group: readonly Waiting<Item, Result>[],
): Promise<void> {
  const { alone, together } = options
  const [first] = group
  if (first && group.length === 1) {
    const result = alone(first.item)
    first.resolve(result)
    await result.catch(() => undefined) // its caller has the error
    return
  }
  try {
    const finish = await together(group.map(({ item }) => item))
    for (const [index, { item, resolve }] of group.entries()) {
      resolve(finish[index]?.() ?? alone(item))
    }
  } catch (error) {
    if (isUnavailable(error)) for (const { reject } of group) reject(error)
    else await sendHalves(options, group)
  }
}

/** Any other error than an outage is due to one call, which fails alone in the end. */
async function sendHalves<Item, Result>(
  options: GroupOptions<Item, Result>,
  group: readonly Waiting<Item, Result>[],
): Promise<void> {
  const middle = Math.ceil(group.length / 2)
  await send(options, group.slice(0, middle))
  await send(options, group.slice(middle))
}
