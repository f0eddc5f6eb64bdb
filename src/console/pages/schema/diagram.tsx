import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useKeys } from '../../app/keys.ts'
import { setQuery } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { fitView, useGestures, useView, type View, zoomView } from './camera.ts'
import { type DiagramProps, Drawing, type Drawn, isSeen, type Size } from './drawing.tsx'
import type { Layout } from './layout.ts'
import { schemaTexts as texts } from './texts.ts'

/** A diagram to move and zoom in. Only what is in sight is drawn; fields appear where they can be read. */
export function Diagram(props: DiagramProps) {
  const { layout, figures } = props
  const frame = useRef<SVGSVGElement>(null)
  const size = useSize(frame)
  const { view, show } = useView()
  const gestures = useGestures(view, show)
  useWheel(frame, gestures.onWheel)
  const drawn = useMemo(
    () =>
      [...layout.boxes.values()].flatMap((box): Drawn[] => {
        const figure = figures.get(box.id)
        return figure ? [{ ...figure, ...box }] : []
      }),
    [layout, figures],
  )
  const byId = useMemo(() => new Map(drawn.map((one) => [one.id, one])), [drawn])
  const fit = () => size && show(fitView(size, { x: 0, y: 0, ...areaOf(layout) }))
  const zoom = (factor: number) =>
    size && view && show(zoomView(view, factor, { x: size.width / 2, y: size.height / 2 }))
  useFirstView({ size, view, show, layout, focus: props.focus, byId, found: props.found })
  const { onWheel: _, ...handlers } = gestures
  return (
    <div class="diagram">
      <svg
        ref={frame}
        role="group"
        aria-label={texts.diagramLabel}
        aria-description={texts.diagramHint}
        tabindex={0}
        onKeyDown={(event) => view && show(moveByKey(event, view))}
        {...handlers}
        onClick={({ target }) => {
          if (target === frame.current) setQuery({ focus: null, near: null })
        }}
      >
        {view && size && <Drawing {...props} drawn={drawn} byId={byId} view={view} size={size} />}
      </svg>
      <DiagramKeys zoom={zoom} fit={fit} view={view} />
    </div>
  )
}

const areaOf = ({ width, height }: Layout) => ({ width, height })

function moveByKey(event: KeyboardEvent, view: View): View {
  const step = 60
  const moves: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [step, 0],
    ArrowRight: [-step, 0],
    ArrowUp: [0, step],
    ArrowDown: [0, -step],
  }
  const move = moves[event.key]
  if (!move) return view
  event.preventDefault()
  return { ...view, x: view.x + move[0], y: view.y + move[1] }
}

function DiagramKeys({
  zoom,
  fit,
  view,
}: {
  zoom(factor: number): unknown
  fit(): unknown
  readonly view: View | null
}) {
  useKeys([
    { keys: '+', label: texts.keys.in, run: () => zoom(1.3) },
    { keys: '-', label: texts.keys.out, run: () => zoom(1 / 1.3) },
    { keys: '0', label: texts.keys.fit, run: fit },
  ])
  return (
    <div class="db-zoom">
      <Button kind="bare" label={texts.zoomOut} onClick={() => zoom(1 / 1.3)}>
        −
      </Button>
      <span class="number quiet">{view ? `${Math.round(view.zoom * 100)} %` : ''}</span>
      <Button kind="bare" label={texts.zoomIn} onClick={() => zoom(1.3)}>
        +
      </Button>
      <Button kind="bare" onClick={fit}>
        {texts.fit}
      </Button>
    </div>
  )
}

function useSize(frame: { readonly current: Element | null }): Size | null {
  const [size, setSize] = useState<Size | null>(null)
  useEffect(() => {
    const element = frame.current
    if (!element) return
    const observer = new ResizeObserver(() => {
      const { width, height } = element.getBoundingClientRect()
      setSize({ width, height })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return size
}

/** Preact registers wheel handlers as passive ones, which may not stop the page from scrolling. */
function useWheel(
  frame: { readonly current: SVGSVGElement | null },
  onWheel: (event: WheelEvent) => void,
) {
  const latest = useRef(onWheel)
  latest.current = onWheel
  useEffect(() => {
    const element = frame.current
    const listener = (event: WheelEvent) => latest.current(event)
    element?.addEventListener('wheel', listener, { passive: false })
    return () => element?.removeEventListener('wheel', listener)
  }, [])
}

/** Shows everything at first, or the chosen model; later what a search found. */
function useFirstView(given: {
  readonly size: Size | null
  readonly view: View | null
  show(view: View): void
  readonly layout: Layout
  readonly focus: string | null
  readonly byId: ReadonlyMap<string, Drawn>
  readonly found: ReadonlySet<string> | null
}) {
  const { size, view, show, layout, focus, byId, found } = given
  const last = useRef(layout)
  useEffect(() => {
    if (!size || (view && last.current === layout)) return
    last.current = layout
    const all = fitView(size, { x: 0, y: 0, ...areaOf(layout) })
    const chosen = focus === null ? undefined : byId.get(focus)
    show(chosen && all.zoom < 0.4 ? closeTo(chosen, size) : all)
  }, [size, layout])
  const first = found?.size ? [...found][0] : undefined
  useEffect(() => {
    const box = first === undefined ? undefined : byId.get(first)
    if (size && view && box && (view.zoom < 0.42 || !isSeen(box, view, size)))
      show(closeTo(box, size))
  }, [first])
}

function closeTo({ x, y, width, height }: Drawn, size: Size): View {
  return fitView(size, { x: x - 300, y: y - 200, width: width + 600, height: height + 400 })
}
