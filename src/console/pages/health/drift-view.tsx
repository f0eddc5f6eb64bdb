import { useMemo } from 'preact/hooks'
import type { Answers } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { hrefOf, place, setQuery } from '../../app/router.ts'
import { toTest } from '../../app/words.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { SearchField } from '../../parts/forms/filters.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Sides } from '../../parts/sides.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { SideBySide, type TableDiff } from './side-by-side.tsx'
import { healthTexts } from './texts.ts'

const texts = healthTexts.drift

/** Every table, declared and live side by side; those that differ first. */
export function DriftView() {
  const loaded = useLoaded((signal) => client.get('/ai/schema/diff', { signal }), [])
  return <Show loaded={loaded}>{(diff) => <Tables diff={diff} />}</Show>
}

type Row = readonly [name: string, diff: TableDiff]

function Tables({ diff }: { readonly diff: Answers['/ai/schema/diff'] }) {
  const { query } = place.value
  const search = query.get('q') ?? ''
  const chosen = query.get('table')
  const isWhole = query.get('all') !== null
  const all = useMemo(
    (): Row[] =>
      Object.entries(diff.tables).sort(([, a], [, b]) => b.drift.length - a.drift.length),
    [diff],
  )
  const test = toTest(search)
  const differing = all.filter(([, { drift }]) => drift.length > 0)
  const rows = (isWhole ? all : differing).filter(([name]) => test(name))
  const found = chosen === null ? undefined : all.find(([name]) => name === chosen)
  return (
    <Sides
      isOpen={chosen !== null}
      label={texts.tables}
      gone={texts.gone}
      list={
        <>
          <div class="db-bar">
            <SearchField label={texts.search} />
            <Button pressed={!isWhole} onClick={() => setQuery({ all: isWhole ? null : '1' })}>
              {texts.onlyDifferent}
            </Button>
          </div>
          {rows.length === 0 ? (
            <Empty title={texts.none} hint={texts.noneHint} icon="check" />
          ) : (
            <DriftTable rows={rows} chosen={chosen} />
          )}
        </>
      }
    >
      {found && <SideBySide name={found[0]} diff={found[1]} />}
    </Sides>
  )
}

function DriftTable({
  rows,
  chosen,
}: {
  readonly rows: readonly Row[]
  readonly chosen: string | null
}) {
  const placeOfTable = (name: string) => {
    const query = new URLSearchParams(place.value.query)
    query.set('table', name)
    return hrefOf(`/health?${query}`)
  }
  return (
    <Table
      label={texts.tables}
      rows={rows}
      keyOf={([name]: Row) => name}
      isMarked={([name]) => name === chosen}
      columns={[
        {
          id: 'table',
          title: texts.tables,
          width: 'minmax(120px, 1fr)',
          cell: ([name]) => (
            <a class="row-link mono" href={placeOfTable(name)}>
              <Name text={name} />
            </a>
          ),
        },
        {
          id: 'drift',
          title: healthTexts.tabs.drift,
          width: '130px',
          cell: ([, { drift }]) => (
            <Badge tone={drift.length === 0 ? 'good' : 'wait'}>
              {drift.length === 0 ? texts.same : texts.differences(drift.length)}
            </Badge>
          ),
        },
      ]}
    />
  )
}
