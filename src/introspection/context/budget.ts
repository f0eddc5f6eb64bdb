import { type Detail, details } from '../model/detail-levels.ts'
import type { Selection } from './context-answers.ts'
import type { ContextItems } from './item-answers.ts'
import type { ContextParameters } from './parameters.ts'

/** A list of an answer. */
export interface Section<Name extends keyof ContextItems = keyof ContextItems> {
  readonly name: Name
  readonly count: number
  /** Makes the item at an index, in the order they are shown. Only items that may stay are made. */
  readonly show: (index: number) => ContextItems[Name]
  /** One number for each item: the highest stay longest. Absent if all items matter equally. */
  readonly ranks?: readonly number[]
}

/** Returns the items of a section that stay; none for a section that the answer does not have. */
export type StayingItems = <Name extends keyof ContextItems>(name: Name) => ContextItems[Name][]

/** The parts of an answer at one level of detail. */
export interface SectionedAnswer<Answer> {
  /** The first section keeps its items longest. */
  readonly sections: readonly Section[]
  /** Builds the answer from the items that stay. */
  readonly compose: (itemsOf: StayingItems) => Answer
}

/** Makes all items of a section. */
export function showAll<Name extends keyof ContextItems>({
  count,
  show,
}: Section<Name>): ContextItems[Name][] {
  return Array.from({ length: count }, (_, index) => show(index))
}

type Omitted = Selection['omitted']

type Shortened<Answer> = Answer & { selection?: Selection }

function toItemsOf(lists: ReadonlyMap<string, readonly unknown[]>): StayingItems {
  return (name) => (lists.get(name) ?? []) as never
}

/** Bytes of JSON in a token, rounded down from common tokenizers (docs/decisions/080-budget-in-bytes.md). */
const bytesPerToken = 4

/** Lower bound for the size of one item, by which levels that are far too long are skipped without building them. */
const minItemBytes: Readonly<Record<Detail, number>> = { full: 60, summary: 20, names: 12 }

/** Bytes kept free for what is added to an answer later: its time and its checksum. */
const reservedBytes = 100

/**
 * Builds the most detailed answer that fits into `maxTokens`, from the requested detail down to names. If even the names are
 * too long, as many of them as fit. The same input gives the same answer.
 */
export function fitAnswer<Answer extends object>(
  { detail: requested, maxTokens, isPlain }: ContextParameters,
  draft: (detail: Detail) => SectionedAnswer<Answer>,
): Shortened<Answer> {
  const room = maxTokens === null ? Infinity : maxTokens * bytesPerToken - reservedBytes
  const describeSelection = (detail: Detail, omitted: Omitted): { selection?: Selection } => {
    if (isPlain) return {}
    const truncated = Object.values(omitted).some((count) => count > 0)
    return {
      selection: { detail, asked_detail: requested, max_tokens: maxTokens, truncated, omitted },
    }
  }
  for (const detail of details.slice(details.indexOf(requested))) {
    const { sections, compose } = draft(detail)
    const count = sections.reduce((sum, section) => sum + section.count, 0)
    if (count * minItemBytes[detail] > room) continue
    const nothing = Object.fromEntries(sections.map(({ name }) => [name, 0]))
    const lists = new Map(sections.map((section) => [section.name, showAll(section)]))
    const answer = { ...compose(toItemsOf(lists)), ...describeSelection(detail, nothing) }
    if (room === Infinity || byteLength(answer) <= room) return answer
  }
  return truncate(draft('names'), room, (omitted) => describeSelection('names', omitted))
}

function truncate<Answer extends object>(
  { sections, compose }: SectionedAnswer<Answer>,
  room: number,
  describeSelection: (omitted: Omitted) => { selection?: Selection },
): Shortened<Answer> {
  const totals = Object.fromEntries(sections.map(({ name, count }) => [name, count]))
  const frame = { ...compose(toItemsOf(new Map())), ...describeSelection(totals) }
  // The counts of the lists are zero in the frame; later they have at most as many digits as the totals.
  const digits = Object.values(totals).reduce((sum, total) => sum + String(total).length, 0)
  const lists = fitSections(room - byteLength(frame) - digits, sections)
  const omitted = sections.map(({ name, count }) => [name, count - (lists.get(name)?.length ?? 0)])
  return {
    ...compose(toItemsOf(lists)),
    ...describeSelection(Object.fromEntries(omitted) as Omitted),
  }
}

/**
 * Keeps as many items as fit into `room` bytes: section by section, in each the items of the highest rank first. A section
 * ends at the first item that does not fit. The items that stay keep their order.
 */
function fitSections(room: number, sections: readonly Section[]): Map<string, unknown[]> {
  let left = room
  return new Map(
    sections.map(({ name, count, show, ranks }) => {
      const order = Array.from({ length: count }, (_, index) => index)
      if (ranks) order.sort((a, b) => (ranks[b] ?? 0) - (ranks[a] ?? 0) || a - b)
      const kept: { readonly index: number; readonly item: unknown }[] = []
      for (const index of order) {
        const item = show(index)
        const bytes = byteLength(item) + 1 // and a comma
        if (bytes > left) break
        left -= bytes
        kept.push({ index, item })
      }
      return [name, kept.sort((a, b) => a.index - b.index).map(({ item }) => item)]
    }),
  )
}

const encoder = new TextEncoder()

/** Returns the size of a value as JSON, in bytes of UTF-8. */
function byteLength(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length
}
