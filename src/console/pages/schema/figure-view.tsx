import { setQuery } from '../../app/router.ts'
import { drawOnChange } from '../../parts/draw-on-change.ts'
import { type Figure, headHeight, rowHeight } from './model-figure.ts'
import type { PlacedBox } from './layout.ts'
import { schemaTexts as texts } from './texts.ts'

/** How much of a model is drawn. */
export type Detail = 'blocks' | 'titles' | 'fields'

interface FigureProps {
  readonly box: Figure & PlacedBox
  readonly detail: Detail
  readonly isFocus: boolean
  readonly isFaint: boolean
}

/** Draws one model: its name and, where they can be read, its fields. */
export const FigureView = drawOnChange(({ box, detail, isFocus, isFaint }: FigureProps) => {
  const { id, x, y, width, height, title, rows, more } = box
  const choose = () => setQuery({ focus: isFocus ? null : id })
  return (
    <g
      class={`db-figure${isFocus ? ' focus' : ''}${isFaint ? ' faint' : ''}`}
      transform={`translate(${x} ${y})`}
    >
      <g
        role="button"
        tabindex={0}
        aria-label={title}
        aria-pressed={isFocus}
        onClick={choose}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return
          event.preventDefault()
          choose()
        }}
      >
        <rect width={width} height={height} rx="6" />
        {detail !== 'blocks' && (
          <text
            class={detail === 'titles' ? 'title large' : 'title'}
            x="10"
            y={detail === 'titles' ? 26 : 20}
          >
            {title}
          </text>
        )}
      </g>
      {detail === 'fields' && (rows.length > 0 || more > 0) && (
        <g class="rows">
          <path d={`M0 ${headHeight}h${width}`} />
          <FigureRows rows={rows} width={width} />
          {more > 0 && (
            <text x="10" y={headHeight + rows.length * rowHeight + 15} class="more">
              {texts.more(more)}
            </text>
          )}
        </g>
      )}
    </g>
  )
})

function FigureRows({ rows, width }: Pick<Figure, 'rows' | 'width'>) {
  return (
    <>
      {rows.map(({ name, type, mark }, index) => (
        <g key={index} transform={`translate(0 ${headHeight + index * rowHeight + 15})`}>
          <text x="10" class={mark === '' ? undefined : mark.toLowerCase()}>
            {name}
          </text>
          <text x={width - 10} class="type">
            {type}
          </text>
        </g>
      ))}
    </>
  )
}
