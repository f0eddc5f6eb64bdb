import { useEffect } from 'preact/hooks'
import type { PageProps } from '../../app/page-props.ts'
import { hrefOf, navigate } from '../../app/router.ts'
import { Name } from '../../parts/plain-text.tsx'
import { SplitHead } from '../../parts/sides.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { isNarrow } from '../../parts/table.tsx'
import { chosenTab, Tabs } from '../../parts/tabs.tsx'
import { FieldChooser } from './field-chooser.tsx'
import { FilterBuilder } from './filter-builder.tsx'
import { Grid } from './grid.tsx'
import { ModelList } from './model-list.tsx'
import { findModel, fullName, type Queryable, type QueryModel, useModels } from './queryable.ts'
import { QueryPlan } from './query-plan.tsx'
import { dataTexts } from './texts.ts'
import { readView, toRequest } from './view.ts'

const tabs = [
  { id: 'rows', title: dataTexts.views.rows },
  { id: 'plan', title: dataTexts.views.plan },
]

/** The rows of the project's models. */
export default function DataPage({ params }: PageProps) {
  const loaded = useModels()
  return (
    <Show loaded={loaded}>
      {(queryable) =>
        queryable.models.length === 0 ? (
          <Empty title={dataTexts.noModels} hint={dataTexts.noModelsHint} icon="data" />
        ) : (
          <Chosen queryable={queryable} name={params['model'] ?? ''} />
        )
      }
    </Show>
  )
}

function Chosen({ queryable, name }: { readonly queryable: Queryable; readonly name: string }) {
  const { models, lookups } = queryable
  const model = findModel(models, name)
  const [start] = models
  const isPick = name === '' && !isNarrow.value
  useEffect(() => {
    if (isPick && start) {
      navigate(`/data/${encodeURIComponent(fullName(start))}`, { replace: true })
    }
  }, [isPick])
  return (
    <div class="split-page">
      {(name === '' || !isNarrow.value) && (
        <ModelList models={models} current={model ? fullName(model) : ''} />
      )}
      {model && <Model key={fullName(model)} model={model} lookups={lookups} />}
      {!model && name !== '' && (
        <Empty title={dataTexts.noModel} hint={dataTexts.unknownModel} icon="data">
          <a href={hrefOf('/data')}>{dataTexts.models}</a>
        </Empty>
      )}
    </div>
  )
}

function Model({
  model,
  lookups,
}: {
  readonly model: QueryModel
  readonly lookups: readonly string[]
}) {
  const view = readView(model)
  const request = toRequest(model, view)
  return (
    <section class="split-main" aria-label={model.name}>
      <SplitHead back="/data" label={dataTexts.models}>
        <h1>
          <Name text={model.name} max={60} />
        </h1>
        <span class="quiet about">
          <code>
            <Name text={model.table_name} max={60} />
          </code>{' '}
          <Name text={model.ai_description} max={120} />
        </span>
        <span class="push">
          <FieldChooser model={model} fields={view.fields} />
        </span>
      </SplitHead>
      <FilterBuilder model={model} lookups={lookups} conditions={view.conditions} />
      <Tabs label={dataTexts.title} tabs={tabs} />
      {chosenTab(tabs) === 'plan' ? (
        <QueryPlan request={request} />
      ) : (
        <Grid model={model} view={view} request={request} />
      )}
    </section>
  )
}
