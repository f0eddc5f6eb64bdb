import { useEffect, useRef, useState } from 'preact/hooks'
import { place, setQuery } from '../../app/router.ts'

/** What part of the diagram is seen: a point of the diagram lies at `point * zoom + (x, y)` of the frame. */
export interface View {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

const least = 0.03
const most = 2.5

/** Returns the view that shows a rectangle as large as fits, and not larger than it is. */
export function fitView(
  frame: { readonly width: number; readonly height: number },
  area: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): View {
  const room = 32
  const wanted = Math.min(
    (frame.width - room) / Math.max(area.width, 1),
    (frame.height - room) / Math.max(area.height, 1),
  )
  const zoom = Math.min(Math.max(wanted, least), 1)
  return {
    zoom,
    x: frame.width / 2 - (area.x + area.width / 2) * zoom,
    y: frame.height / 2 - (area.y + area.height / 2) * zoom,
  }
}

/** Returns the view after zooming by a factor around a point of the frame. */
export function zoomView(view: View, factor: number, at: { x: number; y: number }): View {
  const zoom = Math.min(Math.max(view.zoom * factor, least), most)
  const ratio = zoom / view.zoom
  return { zoom, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio }
}

function readView(): View | null {
  const [x, y, zoom] = (place.peek().query.get('view') ?? '').split(',').map(Number)
  if (x === undefined || y === undefined || zoom === undefined) return null
  if (![x, y, zoom].every(Number.isFinite) || zoom <= 0) return null
  return { x, y, zoom: Math.min(Math.max(zoom / 100, least), most) }
}

const writeView = ({ x, y, zoom }: View) =>
  `${Math.round(x)},${Math.round(y)},${Math.round(zoom * 1_000) / 10}`

/** Keeps the view of a diagram, and writes it into the address when it rests. Null until the frame is measured. */
export function useView() {
  const [view, setView] = useState<View | null>(readView)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  return {
    view,
    show(next: View) {
      setView(next)
      clearTimeout(timer.current)
      const { path } = place.peek()
      timer.current = setTimeout(() => {
        if (place.peek().path === path) setQuery({ view: writeView(next) })
      }, 300)
    },
  }
}

/** Moves and zooms a view by pointer, wheel and pinch. Returns the handlers of the frame. */
export function useGestures(view: View | null, show: (view: View) => void) {
  const latest = useRef(view)
  latest.current = view
  const pointers = useRef(new Map<number, { x: number; y: number }>())
  const moved = useRef(false)
  const change = (next: View) => {
    latest.current = next
    show(next)
  }
  return {
    onWheel(event: WheelEvent) {
      const current = latest.current
      if (!current || !(event.currentTarget instanceof Element)) return
      event.preventDefault()
      const { left, top } = event.currentTarget.getBoundingClientRect()
      const lines = event.deltaMode === 1 ? 24 : 1
      const factor = Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016))
      change(zoomView(current, factor, { x: event.clientX - left, y: event.clientY - top }))
    },
    onPointerDown({ pointerId, clientX, clientY, button }: PointerEvent) {
      if (button !== 0) return
      if (pointers.current.size === 0) moved.current = false
      pointers.current.set(pointerId, { x: clientX, y: clientY })
    },
    onPointerMove(event: PointerEvent) {
      const before = pointers.current.get(event.pointerId)
      const current = latest.current
      if (!before || !current || !(event.currentTarget instanceof Element)) return
      const after = { x: event.clientX, y: event.clientY }
      const [dx, dy] = [after.x - before.x, after.y - before.y]
      if (!moved.current && Math.hypot(dx, dy) < 4) return
      if (!moved.current) event.currentTarget.setPointerCapture(event.pointerId)
      moved.current = true
      const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1]
      pointers.current.set(event.pointerId, after)
      if (!other) return change({ ...current, x: current.x + dx, y: current.y + dy })
      const distance = (point: { x: number; y: number }) =>
        Math.max(Math.hypot(point.x - other.x, point.y - other.y), 1)
      const { left, top } = event.currentTarget.getBoundingClientRect()
      const middle = { x: (after.x + other.x) / 2 - left, y: (after.y + other.y) / 2 - top }
      change(zoomView(current, distance(after) / distance(before), middle))
    },
    onPointerUp: ({ pointerId }: PointerEvent) => void pointers.current.delete(pointerId),
    onPointerCancel: ({ pointerId }: PointerEvent) => void pointers.current.delete(pointerId),
    /** A click that ends a movement selects nothing. */
    onClickCapture(event: MouseEvent) {
      if (!moved.current) return
      event.preventDefault()
      event.stopPropagation()
      moved.current = false
    },
  }
}
