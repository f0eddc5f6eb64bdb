import { useMemo } from 'preact/hooks'
import type { Answers } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { place, setQuery } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { chosenTab, Tabs } from '../../parts/tabs.tsx'
import { toTest } from '../schema/models.ts'
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
      <div class={chosenKey === null ? 'sides' : 'sides open'}>
        <div class="side-list">
          <Filters list={list} />
          {shown.length === 0 ? (
            <Empty title={texts.none}>
              <Button onClick={() => setQuery({ q: null, state: null, app: null })}>
                {texts.showAll}
              </Button>
            </Empty>
          ) : (
            <MigrationTable rows={shown} lanes={lanes} chosenKey={chosenKey} />
          )}
        </div>
        <section class="side-detail" aria-label={texts.details}>
          {chosen ? (
            <MigrationDetail row={chosen} rows={rows} list={list} />
          ) : (
            <p class="quiet side-hint">{texts.gone}</p>
          )}
        </section>
      </div>
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

function Filters({ list: { apps } }: { readonly list: List }) {
  const { query } = place.value
  return (
    <div class="db-bar">
      <input
        type="search"
        aria-label={texts.search}
        placeholder={texts.search}
        value={query.get('q') ?? ''}
        onInput={({ currentTarget }) => setQuery({ q: currentTarget.value })}
      />
      <select
        aria-label={texts.state}
        value={query.get('state') ?? ''}
        onChange={({ currentTarget }) => setQuery({ state: currentTarget.value })}
      >
        <option value="">{texts.allStates}</option>
        {Object.entries(texts.states).map(([id, title]) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </select>
      {apps.length > 1 && (
        <select
          aria-label={texts.app}
          value={query.get('app') ?? ''}
          onChange={({ currentTarget }) => setQuery({ app: currentTarget.value })}
        >
          <option value="">{texts.allApps}</option>
          {apps.map(({ app_label }) => (
            <option key={app_label} value={app_label}>
              {app_label.slice(0, 60)}
            </option>
          ))}
        </select>
      )}
    </div>
  )
}
