import type { Column, Link, MemoryTable, Values } from './tables.ts'

/** What `GET /ai/query/models` says about one model. */
export interface ListedModel {
  readonly name: string
  readonly table_name: string
  readonly kind: string
  readonly fields: readonly { readonly name: string }[]
  readonly relations: readonly {
    readonly name: string
    readonly to_model: string
    readonly to_many: boolean
  }[]
}

/** A relation that random plans may use; its columns come from the keys of the table, not from the library. */
export interface KnownRelation extends Link {
  readonly name: string
  readonly isMany: boolean
  readonly model: KnownModel
}

/** A model that random plans may name. */
export interface KnownModel {
  readonly name: string
  readonly table: MemoryTable
  /** The columns that the answers have, in order. */
  readonly columns: readonly Column[]
  readonly relations: KnownRelation[]
}

/** Connects the names that clients see with the tables in memory. */
export function toKnownModels(
  listed: readonly ListedModel[],
  tables: ReadonlyMap<string, MemoryTable>,
): KnownModel[] {
  const models = listed.flatMap((model): KnownModel[] => {
    const table = tables.get(model.table_name)
    if (!table || model.kind !== 'table' || table.rows.length === 0) return []
    const shown = new Set(model.fields.map(({ name }) => name))
    const columns = table.columns.filter(({ name }) => shown.has(name))
    const isWhole = table.primaryKey.length > 0 && table.primaryKey.every((name) => shown.has(name))
    return isWhole ? [{ name: model.name, table, columns, relations: [] }] : []
  })
  for (const model of models) {
    const names = listed.find(({ name }) => name === model.name)?.relations ?? []
    for (const { name, to_model, to_many } of names) {
      const target = models.find((one) => one.name === to_model)
      const link = target && findLink(model, target, name)
      if (target && link) model.relations.push({ ...link, name, isMany: to_many, model: target })
    }
  }
  return models
}

const toSnake = (name: string) => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()

/** A foreign key is named after its column without `_id`, or else after its constraint; seen from its target, `model_by_key`. */
function toName({ own, name }: MemoryTable['foreignKeys'][number]): string {
  return own.length === 1 ? (own[0] ?? '').replace(/_id$/, '') : name
}

function findLink(model: KnownModel, target: KnownModel, name: string): Link | null {
  const forward = model.table.foreignKeys.filter(
    (key) =>
      key.target === target.table.name &&
      [toName(key), `${toName(key)}_${toSnake(target.name)}`].includes(name),
  )
  const reverse = target.table.foreignKeys.filter(
    (key) =>
      key.target === model.table.name && `${toSnake(target.name)}_by_${toName(key)}` === name,
  )
  const [link] = [
    ...forward,
    ...reverse.map((key) => ({ target: target.table.name, own: key.other, other: key.own })),
  ]
  return forward.length + reverse.length === 1 && link ? link : null
}

/** Finds the rows of a relation. */
export function relatedRows(relation: KnownRelation, row: Values): readonly Values[] {
  return relation.model.table.rows.filter((other) =>
    relation.own.every((name, index) => {
      const value = row[name]
      return value !== null && value === other[relation.other[index] ?? '']
    }),
  )
}
