import { hrefOf, place } from '../../app/router.ts'
import { Name } from '../../parts/plain-text.tsx'
import { type Column, isNarrow, Table } from '../../parts/table.tsx'
import { Time } from '../../parts/when.tsx'
import type { LaneRow, MigrationRow } from './lanes.ts'
import { laneHeight, Lanes, MigrationState, mostLanes } from './state.tsx'
import { migrationsTexts as texts } from './texts.ts'

/** Returns the address of a migration, with the filters as they are. */
export function placeOfMigration(key: string): string {
  const query = new URLSearchParams(place.value.query)
  query.set('migration', key)
  return hrefOf(`/migrations?${query}`)
}

/** The list of migrations, with the graph of their dependencies beside it. */
export function MigrationTable({
  rows,
  lanes,
  chosenKey,
}: {
  readonly rows: readonly MigrationRow[]
  readonly lanes: ReadonlyMap<string, LaneRow> | null
  readonly chosenKey: string | null
}) {
  const widest = rows.reduce((most, { key }) => Math.max(most, lanes?.get(key)?.width ?? 0), 1)
  const graph: Column<MigrationRow> = {
    id: 'graph',
    title: texts.graph,
    width: `${Math.max(Math.min(widest, mostLanes) * 14 + 4, 40)}px`,
    wideOnly: true,
    cell: (row) => {
      const own = lanes?.get(row.key)
      return own && <Lanes row={row} lanes={own} />
    },
  }
  return (
    <Table
      label={texts.tabs.list}
      rows={rows}
      rowHeight={laneHeight}
      keyOf={({ key, tool }) => `${tool ?? ''} ${key}`}
      isMarked={({ key }) => key === chosenKey}
      columns={[...(lanes ? [graph] : []), ...columns]}
    />
  )
}

const columns: readonly Column<MigrationRow>[] = [
  {
    id: 'state',
    title: texts.columns.state,
    width: '104px',
    cell: ({ state }) => <MigrationState of={state} />,
  },
  {
    id: 'name',
    title: texts.columns.name,
    width: 'minmax(140px, 2fr)',
    cell: (row) => (
      <span class="db-tagged">
        <a class="row-link" href={placeOfMigration(row.key)}>
          <Name text={row.name} />
        </a>
        {row.isHead && !isNarrow.value && (
          <span class={row.isInConflict ? 'db-tag wait' : 'db-tag'}>
            {row.isInConflict ? texts.inConflict : texts.head}
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'app',
    title: texts.columns.app,
    width: 'minmax(60px, 0.8fr)',
    cell: ({ app }) => (
      <span class="quiet">
        <Name text={app ?? ''} />
      </span>
    ),
  },
  {
    id: 'applied',
    title: texts.columns.applied,
    width: '104px',
    wideOnly: true,
    cell: ({ appliedAt }) => appliedAt !== null && <Time at={appliedAt} />,
  },
]
