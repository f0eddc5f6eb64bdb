import { useMemo } from 'preact/hooks'
import type { Answers } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { place, setQuery } from '../../app/router.ts'
import { toTest } from '../../app/words.ts'
import { Button } from '../../parts/button.tsx'
import { Choice, SearchField } from '../../parts/forms/filters.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Sides } from '../../parts/sides.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { chosenTab, Tabs } from '../../parts/tabs.tsx'
import { type MigrationRow, toLanes, toMigrationRows } from './lanes.ts'
import { MigrationDetail } from './migration-detail.tsx'
import { MigrationTable } from './migration-table.tsx'
import { Sources } from './sources.tsx'
import { MigrationState } from './state.tsx'
import { migrationsTexts as texts } from './texts.ts'

type List = Answers['/studio/migrations']

/** Every migration with its state, and what the states rest on. */
export default function MigrationsPage() {
  const loaded = useLoaded((signal) => client.get('/studio/migrations', { signal }), [], {
    everyMs: 15_000,
  })
  const { data } = loaded
  const tabs = [
    { id: 'list', title: texts.tabs.list, ...(data && { count: data.migrations.length }) },
    { id: 'sources', title: texts.tabs.sources, ...(data && { count: data.apps.length }) },
  ]
  const tab = chosenTab(tabs)
  return (
    <>
      <header class="page-head">
        <h1>{texts.title}</h1>
        {data && <Counts list={data} />}
      </header>
      <Tabs label={texts.views} tabs={tabs} />
      <div class="db-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        <Show loaded={loaded}>
          {(list) => (tab === 'sources' ? <Sources list={list} /> : <Migrations list={list} />)}
        </Show>
      </div>
    </>
  )
}

function Counts({ list: { apps, orphans } }: { readonly list: List }) {
  const counts = new Map<MigrationRow['state'], number>()
  const add = (state: MigrationRow['state'], count: number) =>
    count > 0 && counts.set(state, (counts.get(state) ?? 0) + count)
  for (const { states } of apps) {
    for (const [state, count] of Object.entries(states)) add(state as MigrationRow['state'], count)
  }
  add('missing', orphans.length)
  return (
    <span class="db-notes">
      {[...counts].map(([state, count]) => (
        <span key={state} class="number">
          {count} <MigrationState of={state} />
        </span>
      ))}
    </span>
  )
}

function Migrations({ list }: { readonly list: List }) {
  const rows = useMemo(() => toMigrationRows(list), [list])
  const { query } = place.value
  const [search, state, app] = [query.get('q') ?? '', query.get('state'), query.get('app')]
  const test = toTest(search)
  const shown = rows.filter(
    (row) =>
      (state === null || row.state === state) &&
      (app === null || row.app === app) &&
      test(`${row.key} ${row.tool ?? ''}`),
  )
  // With rows left out, lines of the graph would lead past what they belong to.
  const isWhole = search === '' && state === null
  const lanes = useMemo(() => (isWhole ? toLanes(rows) : null), [rows, isWhole])
  if (rows.length === 0)
    return <Empty title={texts.empty} hint={texts.emptyHint} icon="migrations" />
  const chosenKey = query.get('migration')
  const chosen = rows.find(({ key }) => key === chosenKey)
  return (
    <>
      <Conflicts list={list} />
      <Sides
        isOpen={chosenKey !== null}
        label={texts.details}
        gone={texts.gone}
        list={
          <>
            <MigrationFilters list={list} />
            {shown.length === 0 ? (
              <Empty title={texts.none}>
                <Button onClick={() => setQuery({ q: null, state: null, app: null })}>
                  {texts.showAll}
                </Button>
              </Empty>
            ) : (
              <MigrationTable rows={shown} lanes={lanes} chosenKey={chosenKey} />
            )}
          </>
        }
      >
        {chosen && <MigrationDetail row={chosen} rows={rows} list={list} />}
      </Sides>
    </>
  )
}

function Conflicts({ list: { apps } }: { readonly list: List }) {
  return (
    <>
      {apps
        .filter(({ has_conflicts }) => has_conflicts)
        .slice(0, 3)
        .map(({ app_label, head_migrations, conflicts }) => (
          <p key={app_label} class="strip" title={texts.conflictHint}>
            <Icon name="warning" />
            <span>
              <Name
                text={
                  conflicts.length > 0
                    ? conflicts.join(' ')
                    : texts.conflict(app_label, head_migrations.join(', '))
                }
                max={300}
              />
            </span>
          </p>
        ))}
    </>
  )
}

function MigrationFilters({ list: { apps } }: { readonly list: List }) {
  const { query } = place.value
  return (
    <div class="db-bar">
      <SearchField label={texts.search} />
      <Choice
        label={texts.state}
        name="state"
        value={query.get('state') ?? ''}
        all={texts.allStates}
        options={Object.entries(texts.states)}
      />
      {apps.length > 1 && (
        <Choice
          label={texts.app}
          name="app"
          value={query.get('app') ?? ''}
          all={texts.allApps}
          options={apps.map(({ app_label: label }) => [label, label])}
        />
      )}
    </div>
  )
}
