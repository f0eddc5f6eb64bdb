import { useMemo } from 'preact/hooks'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { hrefOf, place, setQuery } from '../../app/router.ts'
import { toTest } from '../../app/words.ts'
import { Button } from '../../parts/button.tsx'
import { Choice, SearchField } from '../../parts/forms/filters.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { chosenTab, Tabs } from '../../parts/tabs.tsx'
import { DiagramView } from './diagram-view.tsx'
import { keyOf, type ListedModel, placeOf } from './models.ts'
import { schemaTexts as texts } from './texts.ts'

const tabs = [
  { id: 'list', title: texts.list },
  { id: 'diagram', title: texts.diagram },
]

/** All models: a list that is searched by names, tables and fields, and a diagram. */
export default function SchemaPage() {
  const tab = chosenTab(tabs)
  return tab === 'diagram' ? <DiagramView tabs={tabs} /> : <ListView />
}

function ListView() {
  const loaded = useLoaded(
    (signal) => client.get('/ai/context/models', { query: { detail: 'summary' }, signal }),
    [],
  )
  const models = (loaded.data?.models ?? []) as readonly ListedModel[]
  const { query } = place.value
  const search = query.get('q') ?? ''
  const app = query.get('app') ?? ''
  const apps = useMemo(
    () => [...new Set(models.map(({ app_label }) => app_label))].sort(),
    [loaded.data],
  )
  const shown = useMemo(() => select(models, search, app), [loaded.data, search, app])
  return (
    <>
      <header class="page-head">
        <h1>{texts.title}</h1>
        {loaded.data && <span class="count">{texts.count(shown.length, models.length)}</span>}
        <span class="push db-tools">
          {apps.length > 1 && (
            <Choice
              label={texts.app}
              name="app"
              value={app}
              all={texts.allApps}
              options={apps.map((label) => [label, label])}
            />
          )}
          <SearchField label={texts.search} />
        </span>
      </header>
      <Tabs label={texts.views} tabs={tabs} />
      <div class="db-panel" id="tab-panel" role="tabpanel" aria-labelledby="tab-list">
        <Show loaded={loaded}>{() => <List models={models} shown={shown} />}</Show>
      </div>
    </>
  )
}

function select(models: readonly ListedModel[], search: string, app: string) {
  const test = toTest(search)
  return models.filter(
    (model) =>
      (app === '' || model.app_label === app) &&
      (search === '' || test(`${keyOf(model)} ${model.table_name} ${model.signature}`)),
  )
}

function List({
  models,
  shown,
}: {
  readonly models: readonly ListedModel[]
  readonly shown: readonly ListedModel[]
}) {
  if (models.length === 0) return <Empty title={texts.empty} hint={texts.emptyHint} icon="schema" />
  if (shown.length === 0)
    return (
      <Empty title={texts.none} hint={texts.noneHint}>
        <Button onClick={() => setQuery({ q: null, app: null })}>{texts.showAll}</Button>
      </Empty>
    )
  return <Table label={texts.list} rows={shown} keyOf={keyOf} columns={columns} />
}

const columns: readonly Column<ListedModel>[] = [
  {
    id: 'model',
    title: texts.columns.model,
    width: 'minmax(120px, 1fr)',
    cell: (model) => (
      <a class="row-link db-strong" href={hrefOf(placeOf(keyOf(model)))}>
        <Name text={model.name} />
      </a>
    ),
  },
  {
    id: 'table',
    title: texts.columns.table,
    width: 'minmax(110px, 1fr)',
    cell: ({ table_name }) => (
      <span class="mono quiet">
        <Name text={table_name} />
      </span>
    ),
  },
  {
    id: 'app',
    title: texts.columns.app,
    width: 'minmax(70px, 120px)',
    wideOnly: true,
    cell: ({ app_label }) => (
      <span class="quiet">
        <Name text={app_label} />
      </span>
    ),
  },
  {
    id: 'fields',
    title: texts.columns.fields,
    width: '3fr',
    wideOnly: true,
    cell: ({ signature }) => (
      <span class="mono quiet">
        <Name text={signature} />
      </span>
    ),
  },
]
