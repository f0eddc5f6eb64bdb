import type { ModelDetail } from '../../../client.ts'
import { Name } from '../../parts/plain-text.tsx'
import { Empty } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { modelTexts as texts } from './texts.ts'

interface IndexRow {
  readonly name: string
  readonly kind: string
  readonly columns: readonly string[]
  readonly predicate: string | null
}

/** The keys and indexes of a model's table. An index that enforces a key is shown once. */
export function Indexes({ detail: { database } }: { readonly detail: ModelDetail }) {
  if (!database) return <Empty title={texts.noIndexes} hint={texts.noTable} icon="schema" />
  const rows = toRows(database)
  if (rows.length === 0) return <Empty title={texts.noIndexes} icon="schema" />
  return (
    <Table
      label={texts.tabs.indexes}
      rows={rows}
      keyOf={({ name, kind }) => `${kind} ${name}`}
      columns={[
        {
          id: 'name',
          title: texts.columns.name,
          width: 'minmax(130px, 1.2fr)',
          cell: ({ name }) => <Name text={name} />,
        },
        {
          id: 'kind',
          title: texts.columns.is,
          width: '110px',
          cell: ({ kind }) => <span class="quiet">{kind}</span>,
        },
        {
          id: 'columns',
          title: texts.columns.of,
          width: 'minmax(80px, 1.2fr)',
          cell: ({ columns }) => (
            <span class="mono">
              <Name text={columns.join(', ')} />
            </span>
          ),
        },
        {
          id: 'where',
          title: texts.columns.where,
          width: '1fr',
          wideOnly: true,
          cell: ({ predicate }) => (
            <span class="mono quiet">{predicate !== null && <Name text={predicate} />}</span>
          ),
        },
      ]}
    />
  )
}

function toRows({ keys, indexes }: NonNullable<ModelDetail['database']>): IndexRow[] {
  const named = new Set(keys.map(({ name }) => name))
  return [
    ...keys.map(({ name, kind, columns }) => ({
      name,
      kind: kind === 'primary' ? 'primary key' : 'unique key',
      columns,
      predicate: null,
    })),
    ...indexes
      .filter(({ name }) => !named.has(name))
      .map(({ name, method, unique, columns, predicate }) => ({
        name,
        kind: unique ? `unique ${method}` : method,
        columns,
        predicate,
      })),
  ]
}
