import { useState } from 'preact/hooks'
import type { RowQuery, QueryRows } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useKeys } from '../../app/keys.ts'
import { useLoaded } from '../../app/loaded.ts'
import { hrefOf, place, setQuery } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { toastError } from '../../parts/toast.tsx'
import { Cell, type DataRow } from './cell.tsx'
import { save, toCsv, toJson } from './row-files.ts'
import { fullName, kindOf, type QueryField, type QueryModel } from './queryable.ts'
import { RowPanel, toRelated } from './row-panel.tsx'
import { dataTexts } from './texts.ts'
import { type DataView, hrefOfRows, pageSizes, setConditions, sortBy } from './view.ts'

interface GridProps {
  readonly model: QueryModel
  readonly view: DataView
  readonly request: RowQuery
}

/** The rows of a model, a page at a time. */
export function Grid(props: GridProps) {
  const loaded = useLoaded((signal) => client.query.run(props.request, { signal }), [props.request])
  return (
    <div class="data-rows" id="tab-panel" role="tabpanel" aria-labelledby="tab-rows">
      <Show loaded={loaded}>{(answer) => <Rows {...props} answer={answer} />}</Show>
    </div>
  )
}

interface NumberedRow {
  readonly index: number
  readonly row: DataRow
}

function Rows({ model, view, request, answer }: GridProps & { readonly answer: QueryRows }) {
  const rows = answer.rows ?? []
  const start = (view.page - 1) * view.limit
  const named = place.value.query.get('row')
  const open = named === null ? undefined : rows[Number(named)]
  if (rows.length === 0 && view.page === 1) {
    const isFiltered = view.conditions.length > 0
    return (
      <Empty title={isFiltered ? dataTexts.noMatch : dataTexts.noRows} icon="data">
        {isFiltered && <Button onClick={() => setConditions([])}>{dataTexts.clear}</Button>}
      </Empty>
    )
  }
  const cut = new Map(
    answer.cut_cells.flatMap(({ row, field, bytes }) =>
      row === Number(named) ? [[field, bytes] as const] : [],
    ),
  )
  return (
    <>
      <div class="data-split">
        <Table
          label={model.name}
          rows={rows.map((row, index): NumberedRow => ({ index, row }))}
          rowHeight={34}
          keyOf={({ index }) => String(index)}
          isMarked={({ index }) => String(index) === named}
          columns={[
            numberColumn(start),
            ...view.fields.map((field) => toColumn(field, model, view)),
          ]}
        />
        {open && (
          <RowPanel
            key={named}
            model={model}
            row={open}
            number={start + Number(named) + 1}
            fields={view.fields.map(({ name }) => name)}
            cut={cut}
          />
        )}
      </div>
      <Foot {...{ model, view, request, answer }} />
    </>
  )
}

function numberColumn(start: number): Column<NumberedRow> {
  return {
    id: ' number',
    title: '#',
    width: '48px',
    cell({ index }) {
      const query = new URLSearchParams(place.value.query)
      query.set('row', String(index))
      const number = (start + index + 1).toLocaleString()
      return (
        <a
          class="row-link quiet number"
          aria-label={`${dataTexts.openRow} ${number}`}
          href={hrefOf(`${place.value.path}?${query.toString()}`)}
        >
          {number}
        </a>
      )
    },
  }
}

const widths = { text: 170, number: 84, boolean: 80, time: 200, json: 220, list: 180, other: 170 }

function toColumn(field: QueryField, model: QueryModel, view: DataView): Column<NumberedRow> {
  const { name } = field
  const kind = kindOf(field)
  const relation = model.relations.find(
    ({ to_many, join }) => !to_many && join.length === 1 && join[0]?.field === name,
  )
  const link = name === model.primary_key_field ? undefined : relation
  return {
    id: name,
    title: <SortButton field={name} type={field.field_type} view={view} />,
    width: `${Math.max(widths[kind], Math.min(name.length, 24) * 7 + 40)}px`,
    ...(kind === 'number' && !link ? { align: 'end' as const } : {}),
    cell({ row }) {
      const related = link && toRelated(link, row)
      if (!link || !related) return <Cell value={row[name]} />
      return (
        <a
          class="above data-follow"
          title={dataTexts.follow(link.to_model)}
          href={hrefOfRows(`${link.to_app_label}.${link.to_model}`, related)}
        >
          <Cell value={row[name]} />
        </a>
      )
    },
  }
}

function SortButton({
  field,
  type,
  view,
}: {
  readonly field: string
  readonly type: string
  readonly view: DataView
}) {
  const isSorted = view.sort?.field === field
  const direction = view.sort?.isDescending ? dataTexts.descending : dataTexts.ascending
  return (
    <button
      type="button"
      class="data-sort"
      title={`${field}: ${type}`}
      aria-label={`${dataTexts.sortBy(field)}${isSorted ? `, ${direction}` : ''}`}
      onClick={() => sortBy(field, view)}
    >
      <Name text={field} max={60} />
      {isSorted && <span aria-hidden="true">{view.sort.isDescending ? '↓' : '↑'}</span>}
    </button>
  )
}

function Foot({ model, view, request, answer }: GridProps & { readonly answer: QueryRows }) {
  const rows = answer.rows ?? []
  const start = (view.page - 1) * view.limit
  const fields = view.fields.map(({ name }) => name)
  const next = () => {
    if (answer.limited) {
      setQuery({ page: String(view.page + 1), after: answer.next_cursor, row: null }, {})
    }
  }
  const first = () => setQuery({ page: null, after: null, row: null }, {})
  useKeys([
    { keys: 'n', label: dataTexts.keys.next, run: next },
    { keys: 'N', label: dataTexts.keys.first, run: first },
  ])
  return (
    <footer class="data-foot">
      <span class="number">
        {rows.length > 0 && dataTexts.rows(start + 1, start + rows.length)}
      </span>
      <Count request={request} />
      {answer.unstable && <span class="wait">{dataTexts.unstable}</span>}
      {answer.truncated && <span class="wait">{dataTexts.truncated}</span>}
      <span class="push" />
      <Button
        kind="bare"
        label={dataTexts.download('CSV')}
        onClick={() => save(`${fullName(model)}.csv`, 'text/csv', toCsv(fields, rows))}
      >
        {dataTexts.csv}
      </Button>
      <Button
        kind="bare"
        label={dataTexts.download('JSON')}
        onClick={() => save(`${fullName(model)}.json`, 'application/json', toJson(fields, rows))}
      >
        {dataTexts.json}
      </Button>
      <select
        aria-label={dataTexts.pageSize}
        value={String(view.limit)}
        onChange={({ currentTarget }) =>
          setQuery({ size: currentTarget.value, page: null, after: null, row: null }, {})
        }
      >
        {pageSizes.map((size) => (
          <option key={size}>{size}</option>
        ))}
      </select>
      {view.page > 1 && <Button onClick={first}>{dataTexts.first}</Button>}
      {answer.limited && <Button onClick={next}>{dataTexts.next}</Button>}
    </footer>
  )
}

/** Counts the rows on request: a large table takes a while. */
function Count({ request }: { readonly request: RowQuery }) {
  const key = JSON.stringify(request.filters)
  const [state, setState] = useState<{ key: string; count: number | null }>({ key, count: null })
  const [isBusy, setBusy] = useState(false)
  const count = state.key === key ? state.count : null
  if (count !== null) return <span class="quiet number">{dataTexts.of(count)}</span>
  const read = async () => {
    setBusy(true)
    const { model, filters = [] } = request
    await client.query
      .run({ model, filters, aggregates: [{ function: 'count', as: 'count' }] })
      .then(({ rows }) => setState({ key, count: Number(rows?.[0]?.['count']) }))
      .catch(toastError)
    setBusy(false)
  }
  return (
    <Button kind="bare" busy={isBusy} onClick={() => void read()}>
      {dataTexts.count}
    </Button>
  )
}
