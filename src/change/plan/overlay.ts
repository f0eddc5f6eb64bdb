import { toName } from '../../health/kit/identifiers.ts'
import type { Snapshot } from '../../introspection/model/snapshot.ts'
import { sha256 } from '../../lib/checksum.ts'
import type { Catalog, CatalogTable } from '../../project/catalog/catalog.ts'
import { applyVisible, type VisibleCatalog } from '../codegen/visible-catalog.ts'
import { foldPath } from '../paths/names.ts'
import type { ModelChange } from '../schema/model-change.ts'
import { type Draft, type DraftFile, maxCharacters, toDraft } from '../sets/draft.ts'
import { maxFiles, type WorkspaceFiles } from '../workspace.ts'

/** A model that steps can name: one of the project, or one that an earlier step creates. */
export interface KnownModel {
  readonly app: string
  readonly schema: string
  readonly table: string
  /** The columns of fields whose names differ. */
  readonly columns: ReadonlyMap<string, string>
}

/** The tables as they are after the steps so far. */
export interface TableOverlay {
  catalogs(): VisibleCatalog
  /** Applies changes to the tables, or returns what is wrong with them and leaves the tables as they are. */
  apply(step: string, changes: readonly ModelChange[]): readonly { path: string; message: string }[]
  findModel(name: string): KnownModel | undefined
  findTable(name: string): CatalogTable | undefined
  addModel(name: string, model: KnownModel): void
  /** The steps that create tables, models and columns, by the names of these. */
  readonly created: ReadonlyMap<string, string>
  /** The steps that take columns or tables away or rename them, by `schema.table` and `schema.table.column`. */
  readonly gone: ReadonlyMap<string, string>
}

/** Starts with the tables of the database; null without a catalog. */
export function createTableOverlay(
  { models }: Pick<Snapshot, 'models'>,
  start: VisibleCatalog,
): TableOverlay {
  let catalogs = start
  const created = new Map<string, string>()
  const gone = new Map<string, string>()
  const known = new Map<string, KnownModel>()
  const findModel = (name: string) => known.get(name)
  const addModel = (name: string, model: KnownModel) => {
    if (!known.has(name)) known.set(name, model)
    known.set(`${model.app}.${name}`, model)
  }
  for (const { name, app, schema, table, fields } of models) {
    const columns = new Map(fields.map((field) => [field.name, field.column]))
    addModel(name, { app, schema: schema ?? 'public', table, columns })
  }
  return {
    catalogs: () => catalogs,
    apply(step, changes) {
      const applied = applyVisible(catalogs, changes)
      if (!applied.ok) return applied.faults
      catalogs = advance(catalogs, applied.catalog)
      for (const change of changes) note({ created, gone }, step, change)
      return []
    },
    findModel,
    addModel,
    findTable(name) {
      const model = findModel(name)
      return catalogs.visible.tables.find(
        (table) => table.name === model?.table && table.schema === model.schema,
      )
    },
    created,
    gone,
  }
}

function advance(catalogs: VisibleCatalog, whole: Catalog): VisibleCatalog {
  const isVisible = (object: { readonly schema: string; readonly name: string }) =>
    !catalogs.hidden.has(toName(object))
  const visible = {
    ...whole,
    tables: whole.tables.filter(isVisible),
    views: whole.views.filter(isVisible),
    sequences: whole.sequences.filter(isVisible),
  }
  return { ...catalogs, whole, visible }
}

function note(
  { created, gone }: { created: Map<string, string>; gone: Map<string, string> },
  step: string,
  change: ModelChange,
): void {
  const table = `${change.schema ?? 'public'}.${change.table}`
  switch (change.op) {
    case 'create_table':
      for (const name of [change.table, ...change.columns.map((column) => column.name)]) {
        created.set(name, step)
      }
      return
    case 'add_column':
      created.set(change.column.name, step)
      return
    case 'rename_column':
      created.set(change.to, step)
      gone.set(`${table}.${change.column}`, step)
      return
    case 'drop_column':
      gone.set(`${table}.${change.column}`, step)
      return
    case 'rename_table':
      created.set(change.to, step)
      gone.set(table, step)
      return
    case 'drop_table':
      gone.set(table, step)
      return
    default:
  }
}

/** The files as they are after the steps so far. */
export interface FileOverlay {
  /** Finds files as the workspace does, with the texts that earlier steps gave them. */
  readonly workspace: Pick<WorkspaceFiles, 'inspect'>
  /** Takes the files of one step over; returns why they cannot be part of the plan, or null. */
  add(draft: Draft): string | null
  /** Everything that the steps change, from the files as they are. */
  toDraft(): Promise<Draft>
}

/** Starts with the files of the workspace. Nothing is written. */
export function createFileOverlay(workspace: Pick<WorkspaceFiles, 'inspect'>): FileOverlay {
  const files = new Map<string, DraftFile>()
  return {
    workspace: {
      async inspect(paths) {
        const found = await workspace.inspect(paths)
        return Promise.all(
          found.map(async (each) => {
            const file = files.get(each.path)
            if (!file || 'refusal' in each) return each
            const { path, content } = file
            return { path, content, hash: content === null ? null : await sha256(content) }
          }),
        )
      },
    },
    add(draft) {
      const next = new Map(files)
      for (const [index, { path }] of draft.files.entries()) {
        const { original = null, content = null } = draft.texts[index] ?? {}
        const known = files.get(path)
        next.set(path, { path, original: known ? known.original : original, content })
      }
      const fault = findFault([...next.values()])
      if (fault === null) for (const [path, file] of next) files.set(path, file)
      return fault
    },
    toDraft: () => toDraft([...files.values()]),
  }
}

function findFault(files: readonly DraftFile[]): string | null {
  if (files.length > maxFiles) return `The plan changes more than ${maxFiles} files`
  if (new Set(files.map(({ path }) => foldPath(path))).size < files.length) {
    return 'Two paths of the plan differ by case or Unicode form alone'
  }
  const size = files.reduce(
    (sum, { original, content }) => sum + (original?.length ?? 0) + (content?.length ?? 0),
    0,
  )
  return size > maxCharacters ? 'The files of the plan are too large together' : null
}
