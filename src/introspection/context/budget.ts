import { type ContextQuery } from './query.ts'
import { type Detail, details } from '../model/detail.ts'

/** A list of an answer, in the order it is shown. */
export interface Section {
  readonly name: string
  readonly items: readonly unknown[]
  /** How much each item matters, most first to stay; all the same when absent. */
  readonly ranks?: readonly number[]
}

/** How many bytes of JSON a token is reckoned at: what English, JSON and code come to in common tokenizers, rounded down. */
export const bytesPerToken = 4

const encoder = new TextEncoder()

/** The size of a value as JSON, in bytes of UTF-8. */
export function byteLength(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length
}

/**
 * Keeps as many items as fit into a room of bytes: the sections in their order, in each the items that matter most, in their
 * own order among equals. A section ends at the first item that does not fit. Items stay in the order they are shown in.
 */
export function fitSections(room: number, sections: readonly Section[]): Map<string, unknown[]> {
  let left = room
  return new Map(
    sections.map(({ name, items, ranks }) => {
      const order = items.map((_item, index) => index)
      if (ranks) order.sort((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || a - b)
      const kept: number[] = []
      for (const index of order) {
        const bytes = byteLength(items[index]) + 1 // and a comma
        if (bytes > left) break
        left -= bytes
        kept.push(index)
      }
      return [name, kept.sort((a, b) => a - b).map((index) => items[index])]
    }),
  )
}

/** How one level of detail is put together. */
export interface Draft {
  readonly sections: readonly Section[]
  /** Makes the answer of the items that stay. */
  readonly compose: (lists: ReadonlyMap<string, readonly unknown[]>) => object
}

/** What became of the wish for a short answer. */
export interface Selection {
  readonly detail: Detail
  readonly asked_detail: Detail
  readonly max_tokens: number | null
  /** True when items were left out for want of room. */
  readonly truncated: boolean
  /** How many, by the name of their list. */
  readonly omitted: Readonly<Record<string, number>>
}

/** Fewest bytes of one item at each level: tells without a try that a level is too long. */
const fewestBytes: Readonly<Record<Detail, number>> = { full: 60, summary: 20, names: 12 }

/** Bytes kept free for what is added to an answer later: its time and its checksum. */
const reserve = 100

/**
 * Puts together the most detailed answer that keeps to its tokens, from the detail asked for down to names; where even these
 * are too long, as many of them as fit. Same input, same answer.
 */
export function fitAnswer(
  { detail: asked, maxTokens, isPlain }: ContextQuery,
  draft: (detail: Detail) => Draft,
): object {
  const room = maxTokens === null ? Infinity : maxTokens * bytesPerToken - reserve
  const tell = (detail: Detail, omitted: Readonly<Record<string, number>>): object => {
    if (isPlain) return {}
    const truncated = Object.values(omitted).some((count) => count > 0)
    const selection: Selection = {
      detail,
      asked_detail: asked,
      max_tokens: maxTokens,
      truncated,
      omitted,
    }
    return { selection }
  }
  for (const detail of details.slice(details.indexOf(asked))) {
    const { sections, compose } = draft(detail)
    const count = sections.reduce((sum, { items }) => sum + items.length, 0)
    if (count * fewestBytes[detail] > room) continue
    const none = Object.fromEntries(sections.map(({ name }) => [name, 0]))
    const lists = new Map(sections.map(({ name, items }) => [name, items]))
    const answer = { ...compose(lists), ...tell(detail, none) }
    if (room === Infinity || byteLength(answer) <= room) return answer
  }
  return cut(draft('names'), room, (omitted) => tell('names', omitted))
}

function cut(
  { sections, compose }: Draft,
  room: number,
  tell: (omitted: Readonly<Record<string, number>>) => object,
): object {
  const totals = Object.fromEntries(sections.map(({ name, items }) => [name, items.length]))
  const frame = { ...compose(new Map()), ...tell(totals) }
  const digits = Object.values(totals).reduce((sum, total) => sum + String(total).length, 0)
  const lists = fitSections(room - byteLength(frame) - digits, sections)
  const omitted = sections.map(({ name, items }) => [
    name,
    items.length - (lists.get(name)?.length ?? 0),
  ])
  return { ...compose(lists), ...tell(Object.fromEntries(omitted) as Record<string, number>) }
}
