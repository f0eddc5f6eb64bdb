import { useEffect, useRef } from 'preact/hooks'
import { setQuery } from '../../app/router.ts'
import { useKeys } from '../../app/keys.ts'
import { Button } from '../../parts/button.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { texts } from '../../texts.ts'
import { type DataRow, toText, WholeCell } from './cell.tsx'
import type { QueryModel } from './queryable.ts'
import { dataTexts } from './texts.ts'
import { type Condition, hrefOfRows } from './view.ts'

/** A relation of a model. */
export type QueryRelation = QueryModel['relations'][number]

/** The conditions that related rows meet; null if the row has none, or the fields that join them are unknown. */
export function toRelated({ join }: QueryRelation, row: DataRow): Condition[] | null {
  const isKnown = join.every(({ field }) => (row[field] ?? null) !== null)
  if (join.length === 0 || !isKnown) return null
  return join.map(({ field, to_field }) => {
    return { field: to_field, lookup: 'exact', value: toText(row[field]) }
  })
}

/** One row with its whole values, and the rows it leads to. */
export function RowPanel({
  model,
  row,
  number,
  fields,
  cut,
}: {
  readonly model: QueryModel
  readonly row: DataRow
  readonly number: number
  readonly fields: readonly string[]
  /** The size of each value that was cut, by its field. */
  readonly cut: ReadonlyMap<string, number>
}) {
  const panel = useRef<HTMLElement>(null)
  const close = () => setQuery({ row: null })
  useKeys([{ keys: 'Escape', run: close }])
  useEffect(() => panel.current?.querySelector('button')?.focus(), [number])
  return (
    <aside class="data-panel" ref={panel} aria-label={dataTexts.row(number)}>
      <header>
        <h2>{dataTexts.row(number)}</h2>
        <Button kind="bare" icon="close" label={texts.close} onClick={close} />
      </header>
      {model.relations.length > 0 && (
        <section>
          <h3>{dataTexts.relations}</h3>
          <ul class="data-relations">
            {model.relations.map((relation) => (
              <li key={relation.name}>
                <Related relation={relation} row={row} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <dl>
        {fields.map((field) => (
          <div key={field}>
            <dt>
              <Name text={field} />
            </dt>
            <dd>
              <WholeCell value={row[field]} />
              {cut.has(field) && <p class="wait">{dataTexts.cut(cut.get(field) ?? 0)}</p>}
            </dd>
          </div>
        ))}
      </dl>
    </aside>
  )
}

function Related({ relation, row }: { readonly relation: QueryRelation; readonly row: DataRow }) {
  const conditions = toRelated(relation, row)
  const name = <Name text={relation.name} max={60} />
  if (!conditions) {
    return (
      <span class="quiet">
        {name} {relation.join.length === 0 ? dataTexts.throughJunction : dataTexts.noTarget}
      </span>
    )
  }
  const model = `${relation.to_app_label}.${relation.to_model}`
  return (
    <a href={hrefOfRows(model, conditions)}>
      {name}{' '}
      <span class="quiet">
        → {relation.to_many && dataTexts.rowsOf} <Name text={relation.to_model} max={60} />
      </span>
    </a>
  )
}
