import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { View } from './camera.ts'
import { type Detail, FigureView } from './figure-view.tsx'
import type { Layout, PlacedBox } from './layout.ts'
import { type Figure, linkPath } from './model-figure.ts'
import type { ModelLink } from './models.ts'

/** What a diagram draws, and what is chosen in it. */
export interface DiagramProps {
  readonly figures: ReadonlyMap<string, Figure>
  readonly layout: Layout
  readonly links: readonly ModelLink[]
  /** The chosen model, with its links in color. */
  readonly focus: string | null
  /** The models that a search found; null without one. */
  readonly found: ReadonlySet<string> | null
}

/** A model and where it is drawn. */
export type Drawn = Figure & PlacedBox

/** The size of the frame in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** Can a box be seen in the frame, or within so many pixels around it? */
export function isSeen(
  { x, y, width, height }: Omit<PlacedBox, 'id'>,
  view: View,
  size: Size,
  spare = 0,
): boolean {
  const [left, top] = [x * view.zoom + view.x, y * view.zoom + view.y]
  return (
    left < size.width + spare &&
    top < size.height + spare &&
    left + width * view.zoom > -spare &&
    top + height * view.zoom > -spare
  )
}

interface DrawingProps extends DiagramProps {
  readonly drawn: readonly Drawn[]
  readonly byId: ReadonlyMap<string, Drawn>
  readonly view: View
  readonly size: Size
}

/** What is in sight: models and their keys. */
export function Drawing({ drawn, byId, view, size, links, focus, found }: DrawingProps) {
  const lines = useMemo(() => {
    const all = links.flatMap(({ from, to, fields }) => {
      const [a, b] = [byId.get(from), byId.get(to)]
      if (!a || !b) return []
      const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)]
      const width = Math.max(a.x + a.width, b.x + b.width) - x
      const height = Math.max(a.y + a.height, b.y + b.height) - y
      return [{ from, to, ...linkPath(a, b, fields[0]), x, y, width, height }]
    })
    const own = all.filter(({ from, to }) => from === focus || to === focus)
    return {
      plain: all.filter((line) => !own.includes(line)),
      own,
      near: new Set(own.flatMap(({ from, to }) => [from, to])),
    }
  }, [links, byId, focus])
  const seen = drawn.filter((box) => isSeen(box, view, size, 200))
  const isZooming = useChanging(view.zoom) && seen.length > fewModels
  const rested = useRef(detailAt(view.zoom))
  if (!isZooming) rested.current = detailAt(view.zoom)
  const detail = rested.current
  // Lines out of sight and marks too small to see take the browser longer than everything else.
  const toPath = (some: typeof lines.own) =>
    some
      .filter((line) => isSeen(line, view, size, 200))
      .map(({ curve, ends }) => (detail === 'blocks' ? curve : curve + ends))
      .join('')
  const isFaint = (id: string) =>
    found !== null ? !found.has(id) : focus !== null && id !== focus && !lines.near.has(id)
  return (
    <g
      class={isZooming ? 'db-zooming' : undefined}
      transform={`translate(${view.x} ${view.y}) scale(${view.zoom})`}
    >
      <path class={focus === null ? 'db-links' : 'db-links faint'} d={toPath(lines.plain)} />
      <path class="db-links own" d={toPath(lines.own)} />
      {seen.map((box) => (
        <FigureView
          key={box.id}
          box={box}
          detail={detail}
          isFocus={box.id === focus}
          isFaint={isFaint(box.id)}
        />
      ))}
    </g>
  )
}

const detailAt = (zoom: number): Detail =>
  zoom < 0.2 ? 'blocks' : zoom < 0.42 ? 'titles' : 'fields'

/** So many models keep their texts while the diagram is zoomed. */
const fewModels = 60

/** How long a value has to stay as it is until it rests, in milliseconds. */
const restMs = 150

/** Has the value changed a moment ago? */
function useChanging(value: number): boolean {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs)
    return () => clearTimeout(timer)
  }, [value])
  return rested !== value
}
