import type { ModelDetail } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import type { PageProps } from '../../app/page-props.ts'
import { hrefOf } from '../../app/router.ts'
import { Name } from '../../parts/plain-text.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { Sql } from '../../parts/sql.tsx'
import { chosenTab, Tabs } from '../../parts/tabs.tsx'
import { Fields } from './fields.tsx'
import { Indexes } from './indexes.tsx'
import { Relations } from './relations.tsx'
import { Rules } from './rules.tsx'
import { modelTexts as texts } from './texts.ts'

/** One model: its fields, its relations both ways, and what its table has. */
export default function ModelPage({ params }: PageProps) {
  const name = params['model'] ?? ''
  const loaded = useLoaded((signal) => client.schema.model(name, { signal }), [name])
  const { data } = loaded
  const key = data ? `${data.model.app_label}.${data.model.name}` : name
  return (
    <>
      <header class="page-head">
        <h1>
          <a class="crumb" href={hrefOf('/schema')}>
            {texts.back}
          </a>
          <span class="crumb"> / </span>
          <Name text={data?.model.name ?? name} max={80} />
        </h1>
        <span class="push">
          <a
            class="button"
            href={hrefOf(`/schema?tab=diagram&focus=${encodeURIComponent(key)}&near=1`)}
          >
            {texts.inDiagram}
          </a>
        </span>
      </header>
      <Show loaded={loaded}>{(detail) => <Body detail={detail} name={key} />}</Show>
    </>
  )
}

function Body({ detail, name }: { readonly detail: ModelDetail; readonly name: string }) {
  const { model, database } = detail
  const indexes = (database?.keys.length ?? 0) + (database?.indexes.length ?? 0)
  const tabs = [
    { id: 'fields', title: texts.tabs.fields, count: model.fields.length },
    { id: 'relations', title: texts.tabs.relations, count: model.relations.length },
    { id: 'indexes', title: texts.tabs.indexes, count: indexes },
    { id: 'rules', title: texts.tabs.rules },
    { id: 'sql', title: texts.tabs.sql },
  ]
  const tab = chosenTab(tabs)
  return (
    <>
      <Facts detail={detail} />
      <Tabs label={texts.views} tabs={tabs} />
      <div class="db-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === 'fields' && <Fields detail={detail} />}
        {tab === 'relations' && <Relations detail={detail} />}
        {tab === 'indexes' && <Indexes detail={detail} />}
        {tab === 'rules' && <Rules detail={detail} />}
        {tab === 'sql' && <Statement name={name} />}
      </div>
    </>
  )
}

function Facts({ detail: { model, database } }: { readonly detail: ModelDetail }) {
  const rows = database?.estimated_rows ?? null
  const description = model.ai_description || database?.comment
  return (
    <dl class="db-facts">
      <div>
        <dt>{texts.table}</dt>
        <dd class="mono">
          <Name text={database ? `${database.schema}.${model.table_name}` : model.table_name} />
        </dd>
      </div>
      {database ? (
        <div>
          <dt>{texts.kind}</dt>
          <dd>{database.kind}</dd>
        </div>
      ) : (
        <div>
          <dd class="wait">{texts.noTable}</dd>
        </div>
      )}
      {rows !== null && (
        <div>
          <dt>{texts.rows}</dt>
          <dd>{texts.about(rows)}</dd>
        </div>
      )}
      {description && (
        <div>
          <dd class="quiet">
            <Name text={description} max={300} />
          </dd>
        </div>
      )}
    </dl>
  )
}

function Statement({ name }: { readonly name: string }) {
  const loaded = useLoaded((signal) => client.schema.inspect(name, { signal }), [name])
  return (
    <Show loaded={loaded}>
      {({ create_table_sql }) =>
        create_table_sql === '' ? (
          <Empty title={texts.noSql} hint={texts.noSqlHint} icon="schema" />
        ) : (
          <div class="scroll">
            <Sql text={create_table_sql} />
          </div>
        )
      }
    </Show>
  )
}
