/** A rectangle that is to be placed. */
export interface Box {
  readonly id: string
  readonly width: number
  readonly height: number
}

/** A box with its place: the upper left corner. */
export interface PlacedBox extends Box {
  readonly x: number
  readonly y: number
}

/** Where every box is, and how large the whole is. */
export interface Layout {
  readonly boxes: ReadonlyMap<string, PlacedBox>
  readonly width: number
  readonly height: number
}

const gapX = 90
const gapY = 26
const gapBetween = 70

/**
 * Places boxes in columns, so that links lead to the left: what others refer to comes first. Connected parts lie beside each
 * other, and boxes without a link in a grid below them. Fast enough for thousands of boxes.
 */
export function layOutDiagram(
  boxes: readonly Box[],
  links: readonly { readonly from: string; readonly to: string }[],
): Layout {
  const neighbours = new Map<string, { out: Set<string>; in: Set<string> }>(
    boxes.map(({ id }) => [id, { out: new Set(), in: new Set() }]),
  )
  for (const { from, to } of links) {
    if (from === to) continue
    neighbours.get(from)?.out.add(to)
    neighbours.get(to)?.in.add(from)
  }
  const graph: Graph = { boxes: new Map(boxes.map((box) => [box.id, box])), neighbours }
  const parts = toParts(graph)
  const connected = parts.filter(({ length }) => length > 1).map((ids) => placePart(ids, graph))
  const alone = parts.flatMap((ids) => (ids.length === 1 ? ids : []))
  const grid = alone.length > 0 ? [placeGrid(alone, graph)] : []
  connected.sort((a, b) => b.boxes.size - a.boxes.size)
  return pack([...connected, ...grid])
}

interface Graph {
  readonly boxes: ReadonlyMap<string, Box>
  readonly neighbours: ReadonlyMap<
    string,
    { readonly out: ReadonlySet<string>; readonly in: ReadonlySet<string> }
  >
}

const none: ReadonlySet<string> = new Set()
const outOf = (graph: Graph, id: string) => graph.neighbours.get(id)?.out ?? none
const inOf = (graph: Graph, id: string) => graph.neighbours.get(id)?.in ?? none
const boxOf = (graph: Graph, id: string) => graph.boxes.get(id) ?? { id, width: 0, height: 0 }

function toParts(graph: Graph): string[][] {
  const seen = new Set<string>()
  const parts: string[][] = []
  for (const id of graph.boxes.keys()) {
    if (seen.has(id)) continue
    const part = [id]
    seen.add(id)
    for (const current of part) {
      for (const next of [...outOf(graph, current), ...inOf(graph, current)]) {
        if (seen.has(next) || !graph.boxes.has(next)) continue
        seen.add(next)
        part.push(next)
      }
    }
    parts.push(part)
  }
  return parts
}

/** Returns the column of each box: one more than the highest of its targets. Links that close a circle do not count. */
function toRanks(ids: readonly string[], graph: Graph): Map<string, number> {
  const ranks = new Map<string, number>()
  const open = new Set<string>()
  for (const start of ids) {
    const stack = [start]
    while (stack.length > 0) {
      const id = stack.at(-1) ?? start
      if (ranks.has(id)) {
        stack.pop()
        continue
      }
      open.add(id)
      const waiting = [...outOf(graph, id)].filter((next) => !ranks.has(next) && !open.has(next))
      if (waiting.length > 0) {
        stack.push(...waiting)
        continue
      }
      const targets = [...outOf(graph, id)].flatMap((next) => ranks.get(next) ?? [])
      ranks.set(
        id,
        targets.reduce((most, rank) => Math.max(most, rank + 1), 0),
      )
      open.delete(id)
      stack.pop()
    }
  }
  return ranks
}

function toColumns(ids: readonly string[], graph: Graph): string[][] {
  const ranks = toRanks(ids, graph)
  const layers: string[][] = []
  for (const id of ids) (layers[ranks.get(id) ?? 0] ??= []).push(id)
  const area = ids.reduce((sum, id) => {
    const { width, height } = boxOf(graph, id)
    return sum + (width + gapX) * (height + gapY)
  }, 0)
  const tallest = Math.max(700, Math.sqrt(area) * 0.8)
  return layers.filter(Boolean).flatMap((layer) => {
    const columns: string[][] = []
    let height = Infinity
    for (const id of layer) {
      const own = boxOf(graph, id).height + gapY
      if (height + own > tallest) {
        columns.push([])
        height = 0
      }
      columns.at(-1)?.push(id)
      height += own
    }
    return columns
  })
}

/** Places the boxes of one connected part: first in any order, then each near the middle of its neighbours. */
function placePart(ids: readonly string[], graph: Graph): Layout {
  const columns = toColumns(ids, graph)
  const middles = new Map<string, number>()
  for (const column of columns) stackUp(column, graph, middles)
  for (let round = 0; round < 6; round++) {
    const order = round % 2 === 0 ? columns : [...columns].reverse()
    for (const column of order) moveNear(column, graph, middles)
  }
  const placed = new Map<string, PlacedBox>()
  let x = 0
  for (const column of columns) {
    let widest = 0
    for (const id of column) {
      const box = boxOf(graph, id)
      placed.set(id, { ...box, x, y: (middles.get(id) ?? 0) - box.height / 2 })
      widest = Math.max(widest, box.width)
    }
    x += widest + gapX
  }
  return toOrigin(placed)
}

function stackUp(column: readonly string[], graph: Graph, middles: Map<string, number>) {
  const total = column.reduce((sum, id) => sum + boxOf(graph, id).height + gapY, 0)
  let y = -total / 2
  for (const id of column) {
    const { height } = boxOf(graph, id)
    middles.set(id, y + height / 2)
    y += height + gapY
  }
}

function moveNear(column: string[], graph: Graph, middles: Map<string, number>) {
  const wanted = new Map(
    column.map((id) => {
      const near = [...outOf(graph, id), ...inOf(graph, id)].map((next) => middles.get(next) ?? 0)
      const sum = near.reduce((total, y) => total + y, 0)
      return [id, near.length > 0 ? sum / near.length : (middles.get(id) ?? 0)] as const
    }),
  )
  column.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0))
  let bottom = -Infinity
  let drift = 0
  for (const id of column) {
    const { height } = boxOf(graph, id)
    const y = Math.max(bottom + gapY + height / 2, wanted.get(id) ?? 0)
    middles.set(id, y)
    drift += y - (wanted.get(id) ?? 0)
    bottom = y + height / 2
  }
  for (const id of column) middles.set(id, (middles.get(id) ?? 0) - drift / column.length)
}

function placeGrid(ids: readonly string[], graph: Graph): Layout {
  const boxes = ids.map((id) => boxOf(graph, id)).sort((a, b) => a.height - b.height)
  const area = boxes.reduce((sum, { width, height }) => sum + (width + 30) * (height + gapY), 0)
  const limit = Math.sqrt(area) * 1.4
  const placed = new Map<string, PlacedBox>()
  let [x, y, rowHeight] = [0, 0, 0]
  for (const box of boxes) {
    if (x > 0 && x + box.width > limit) {
      y += rowHeight + gapY
      ;[x, rowHeight] = [0, 0]
    }
    placed.set(box.id, { ...box, x, y })
    x += box.width + 30
    rowHeight = Math.max(rowHeight, box.height)
  }
  return toOrigin(placed)
}

/** Puts parts into rows, in the order that they have. */
function pack(parts: readonly Layout[]): Layout {
  const area = parts.reduce((sum, part) => sum + (part.width + 60) * (part.height + 60), 0)
  const widest = parts.reduce((most, { width }) => Math.max(most, width), 0)
  const limit = Math.max(widest, Math.sqrt(area) * 1.5)
  const placed = new Map<string, PlacedBox>()
  let [x, y, rowHeight] = [0, 0, 0]
  for (const part of parts) {
    if (x > 0 && x + part.width > limit) {
      y += rowHeight + gapBetween
      ;[x, rowHeight] = [0, 0]
    }
    for (const box of part.boxes.values()) {
      placed.set(box.id, { ...box, x: box.x + x, y: box.y + y })
    }
    x += part.width + gapBetween
    rowHeight = Math.max(rowHeight, part.height)
  }
  return toOrigin(placed)
}

function toOrigin(boxes: ReadonlyMap<string, PlacedBox>): Layout {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x, y, width, height } of boxes.values()) {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x + width)
    bottom = Math.max(bottom, y + height)
  }
  if (boxes.size === 0) return { boxes, width: 0, height: 0 }
  const moved = [...boxes.values()].map((box) => ({ ...box, x: box.x - left, y: box.y - top }))
  return {
    boxes: new Map(moved.map((box) => [box.id, box])),
    width: right - left,
    height: bottom - top,
  }
}
