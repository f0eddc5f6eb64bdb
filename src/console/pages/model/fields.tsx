import type { ModelDetail } from '../../../client.ts'
import { hrefOf, place } from '../../app/router.ts'
import { toTest } from '../../app/words.ts'
import { SearchField } from '../../parts/forms/filters.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Empty } from '../../parts/states.tsx'
import { isNarrow, Table } from '../../parts/table.tsx'
import { placeOf } from '../schema/models.ts'
import { modelTexts as texts } from './texts.ts'

/** From so many fields on there is a search. */
const searchedFrom = 12

/** The fields of a model, with their keys, types and defaults. */
export function Fields({ detail }: { readonly detail: ModelDetail }) {
  const { fields } = detail.model
  const search = place.value.query.get('q') ?? ''
  const test = toTest(search)
  const shown = fields.filter(({ name, db_column, field_type, ai_description }) =>
    test(`${name} ${db_column} ${field_type} ${ai_description ?? ''}`),
  )
  if (fields.length === 0) return <Empty title={texts.noFields} icon="schema" />
  return (
    <>
      {fields.length >= searchedFrom && (
        <div class="db-bar">
          <SearchField label={texts.search} />
        </div>
      )}
      {shown.length === 0 ? (
        <Empty title={texts.noField} />
      ) : (
        <FieldTable detail={detail} shown={shown} />
      )}
    </>
  )
}

type Field = ModelDetail['model']['fields'][number]

function FieldTable({
  detail: { database },
  shown,
}: {
  readonly detail: ModelDetail
  readonly shown: readonly Field[]
}) {
  const labelsOf = toLabels(database)
  return (
    <Table
      label={texts.tabs.fields}
      rows={shown}
      keyOf={({ name }) => name}
      columns={[
        {
          id: 'field',
          title: texts.columns.field,
          width: 'minmax(150px, 1.2fr)',
          cell: (field) => <FieldName field={field} />,
        },
        {
          id: 'type',
          title: texts.columns.type,
          width: 'minmax(100px, 1fr)',
          cell: ({ field_type }) => (
            <span class="mono">
              <Name text={field_type} />
            </span>
          ),
        },
        {
          id: 'null',
          title: texts.columns.empty,
          width: '44px',
          cell: ({ nullable }) => <span class="quiet">{nullable ? texts.nullable : ''}</span>,
        },
        {
          id: 'default',
          title: texts.columns.default,
          width: 'minmax(80px, 0.8fr)',
          wideOnly: true,
          cell: (field) => (
            <span class="mono quiet">
              {field.default !== null && <Name text={field.default} />}
            </span>
          ),
        },
        {
          id: 'description',
          title: texts.columns.description,
          width: '1.6fr',
          wideOnly: true,
          cell: ({ field_type, ai_description }) => (
            <Said texts={[ai_description, labelsOf(field_type)?.join(' | ')]} />
          ),
        },
      ]}
    />
  )
}

function FieldName({ field }: { readonly field: Field }) {
  const { name, primary_key, unique, indexed, fk_to_model } = field
  return (
    <span class={primary_key ? 'db-strong db-tagged' : 'db-tagged'}>
      <Name text={name} />
      {primary_key && <span class="db-tag key">PK</span>}
      {fk_to_model !== null && (
        <a class="db-tag key" href={hrefOf(placeOf(fk_to_model))}>
          → <Name text={fk_to_model} max={40} />
        </a>
      )}
      {!isNarrow.value && unique && !primary_key && <span class="db-tag">{texts.unique}</span>}
      {!isNarrow.value && indexed && !unique && !primary_key && (
        <span class="db-tag">{texts.indexed}</span>
      )}
    </span>
  )
}

function Said({ texts }: { readonly texts: readonly (string | null | undefined)[] }) {
  return (
    <span class="quiet">
      <Name text={texts.filter(Boolean).join(' · ')} />
    </span>
  )
}

/** Returns the labels of an enum by its type, which may be written without its schema. */
function toLabels(database: ModelDetail['database']) {
  const labels = new Map(database?.enums.map((one) => [`${one.schema}.${one.name}`, one.labels]))
  return (type: string) => labels.get(type) ?? labels.get(`${database?.schema}.${type}`)
}
