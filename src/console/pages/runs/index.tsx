import { useState } from 'preact/hooks'
import { about } from '../../app/about.ts'
import type { PageProps } from '../../app/page-props.ts'
import { navigate } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { toColumns } from './columns.tsx'
import { FilterBar, StatusFilter } from './filter-bar.tsx'
import { type KnownRuns, useLiveList } from './live-list.ts'
import { readFilters } from './query.ts'
import { Selection } from './selection.tsx'
import { runsTexts } from './texts.ts'

/** The list of all runs, live. */
export default function RunsPage(_: PageProps) {
  const filters = readFilters()
  const list = useLiveList(filters)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const isFiltered = Object.values(filters).some((value) => value !== '')
  const toggle = (id: string) =>
    setSelected((before) => {
      const next = new Set(before)
      if (!next.delete(id)) next.add(id)
      return next
    })
  const chosen = list.data?.runs.filter(({ id }) => selected.has(id)) ?? []
  return (
    <>
      <header class="page-head">
        <h1>{runsTexts.title}</h1>
        <StatusFilter chosen={filters.status} />
      </header>
      <FilterBar filters={filters} />
      <Show loaded={list}>
        {({ runs }: KnownRuns) =>
          runs.length === 0 ? (
            <NoRuns isFiltered={isFiltered} />
          ) : (
            <Table
              key={JSON.stringify(filters)}
              label={runsTexts.title}
              rows={runs}
              rowHeight={50}
              keyOf={({ id }) => id}
              columns={toColumns(about.value?.config.agents ?? [], { selected, toggle })}
              isMarked={({ id }) => selected.has(id)}
              onSelect={({ id }) => toggle(id)}
              onEnd={list.loadMore}
            />
          )
        }
      </Show>
      {chosen.length > 0 && (
        <Selection
          runs={chosen}
          onClear={() => setSelected(new Set())}
          onDone={() => {
            setSelected(new Set())
            list.reload()
          }}
        />
      )}
    </>
  )
}

function NoRuns({ isFiltered }: { readonly isFiltered: boolean }) {
  if (!isFiltered) return <Empty title={runsTexts.empty} hint={runsTexts.emptyHint} icon="runs" />
  return (
    <Empty title={runsTexts.noMatch} hint={runsTexts.noMatchHint}>
      <Button onClick={() => navigate('/runs')}>{runsTexts.clear}</Button>
    </Empty>
  )
}
