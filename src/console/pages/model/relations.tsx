import type { ModelDetail } from '../../../client.ts'
import { hrefOf } from '../../app/router.ts'
import { Name } from '../../parts/plain-text.tsx'
import { Empty } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { placeOf } from '../schema/models.ts'
import { modelTexts as texts } from './texts.ts'

/** The relations of a model: those that lead away from it, and those to it. */
export function Relations({ detail }: { readonly detail: ModelDetail }) {
  const { relations } = detail.model
  const fieldsOf = new Map(detail.foreign_keys.map((one) => [one.relation, one.fields.join(', ')]))
  if (relations.length === 0)
    return <Empty title={texts.noRelations} hint={texts.noRelationsHint} icon="schema" />
  return (
    <Table
      label={texts.tabs.relations}
      rows={relations}
      keyOf={({ name, relation_type }) => `${relation_type} ${name}`}
      columns={[
        {
          id: 'direction',
          title: texts.columns.direction,
          width: '120px',
          cell: ({ relation_type }) => <span class="quiet">{texts.directions[relation_type]}</span>,
        },
        {
          id: 'model',
          title: texts.columns.model,
          width: 'minmax(110px, 1fr)',
          cell: (relation) => <Target relation={relation} />,
        },
        {
          id: 'name',
          title: texts.columns.relation,
          width: 'minmax(90px, 1fr)',
          cell: ({ name }) => <Name text={name} />,
        },
        {
          id: 'by',
          title: texts.columns.by,
          width: '1fr',
          wideOnly: true,
          cell: ({ name }) => (
            <span class="mono quiet">
              <Name text={fieldsOf.get(name) ?? ''} />
            </span>
          ),
        },
        {
          id: 'delete',
          title: texts.columns.onDelete,
          width: '110px',
          wideOnly: true,
          cell: ({ on_delete }) => <span class="mono quiet">{on_delete}</span>,
        },
        {
          id: 'null',
          title: texts.columns.empty,
          width: '44px',
          wideOnly: true,
          cell: ({ nullable }) => <span class="quiet">{nullable ? texts.nullable : ''}</span>,
        },
      ]}
    />
  )
}

function Target({
  relation: { to_model, through_model },
}: {
  readonly relation: ModelDetail['model']['relations'][number]
}) {
  return (
    <>
      <a class="row-link db-strong" href={hrefOf(placeOf(to_model))}>
        <Name text={to_model} />
      </a>
      {through_model !== null && <span class="quiet"> {texts.through(through_model)}</span>}
    </>
  )
}
