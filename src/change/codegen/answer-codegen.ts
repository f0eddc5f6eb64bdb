import { badRequest, StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { unknownModels } from '../../introspection/model/unknown-exposure.ts'
import type { RequestScope } from '../../introspection/model/request-scope.ts'
import type { Snapshot } from '../../introspection/model/snapshot.ts'
import type { ChangeModule, ChangeWork } from '../module.ts'
import { structureChecksum } from '../schema/catalog-structure.ts'
import type { ModelChange } from '../schema/model-change.ts'
import { modelChangesSchema } from '../schema/model-change.ts'
import { toDraft } from '../sets/draft.ts'
import { startWork } from '../sets/endpoints.ts'
import { type Proposal, propose, toProjectChecksums } from '../sets/propose.ts'
import { toWireSummary } from '../sets/views.ts'
import type { WireCodegenResult } from './codegen-answers.ts'
import { asWritten, computeMigration, toChangeMigration, toTitle } from './compute-migration.ts'
import { countLosses } from './count-losses.ts'
import { fromSpec } from './from-spec.ts'
import { checkReadable, findMigratedApp, listMigratedApps, warnOfOthers } from './migrated-app.ts'
import { prove } from './prove.ts'
import { parseCodegen } from './parse-request.ts'
import { applyVisible, toVisibleCatalog, type VisibleCatalog } from './visible-catalog.ts'
import { writeModelCode } from './write-model-code.ts'
import { type MigratedApp, writeFiles } from './write-files.ts'

/**
 * Answers `POST /ai/codegen/preview`: computes a migration from the catalog of the database, tries it on the shadow, and stores
 * it as a change set. No file is written.
 *
 * @throws StudioError `bad_request` that names every field at fault, `unprocessable` for a migration that cannot be written or
 *   fails on the shadow, `conflict` while migrations are pending, `unavailable` without a catalog.
 */
export async function answerCodegen(
  module: ChangeModule,
  exchange: Exchange,
  body: unknown,
): Promise<WireCodegenResult> {
  const request = parseCodegen(body)
  const work = await startWork(module, exchange)
  const proposal = await module.introspection.withScope(exchange, async (scope) => {
    const snapshot = await scope.snapshot(true)
    const catalogs = toCatalogs(snapshot)
    const asked = toAsked(request, { work, snapshot, catalogs })
    return computeMigrationSet({ work, scope, snapshot, catalogs }, asked)
  })
  const change = await propose(work, exchange, { ...proposal, request: body })
  const files = change.files.map(
    ({ path }, index) => [path, change.texts[index]?.content ?? ''] as const,
  )
  return {
    files: Object.fromEntries(files),
    notes: [...change.notes, 'This is a preview; no file was written'],
    change_set: toWireSummary(change, work),
  }
}

/** Returns the tables of a project. @throws StudioError `unavailable` without a catalog, or while it is not known what may be shown. */
export function toCatalogs(snapshot: Snapshot): VisibleCatalog {
  const { catalog, exposure, problems } = snapshot
  if (exposure === 'unknown') throw unknownModels()
  const problem = problems.find((text) => text.startsWith('catalog: '))
  if (!catalog || problem !== undefined) {
    const reason = problem?.replace('catalog: ', '') ?? 'the database has no catalog of PostgreSQL'
    throw new StudioError('unavailable', `The catalog of the database is not known: ${reason}`)
  }
  return toVisibleCatalog(snapshot, catalog)
}

/** What a caller asks for, in one form. */
interface Asked {
  readonly app: MigratedApp
  readonly changes: readonly ModelChange[]
  readonly title: string
  readonly reason: string | null
  readonly notes: readonly string[]
  readonly toPath: (path: string) => string
}

interface Known {
  readonly work: ChangeWork
  readonly snapshot: Snapshot
  readonly catalogs: VisibleCatalog
}

function toAsked(
  request: ReturnType<typeof parseCodegen>,
  { work, snapshot, catalogs }: Known,
): Asked {
  const { project } = work.introspection
  if ('own' in request) {
    const { changes, title = toTitle(changes), reason = null } = request.own
    const app = findMigratedApp(project, snapshot, request.own.app)
    return { app, changes, title, reason, notes: [], toPath: (path) => path }
  }
  const spec = fromSpec(request.spec, listMigratedApps(project), (model) => {
    const found = snapshot.models.find(
      ({ app, name }) => name === model || `${app}.${name}` === model,
    )
    return catalogs.visible.tables.find(
      ({ schema, name }) => name === found?.table && schema === (found.schema ?? 'public'),
    )
  })
  const parsed = modelChangesSchema.safeParse(spec.changes)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({
      path: spec.toPath(['changes', ...path].map(String).join('.')),
      message,
    }))
    throw badRequest('Invalid codegen request', faults)
  }
  const title = toTitle(spec.changes.slice(0, 1))
  const app = findMigratedApp(project, snapshot, spec.app)
  return { ...spec, app, changes: parsed.data, title, reason: null }
}

/**
 * Computes the migration of changes, its files and its proof.
 *
 * @throws StudioError as `answerCodegen` does.
 */
export async function computeMigrationSet(
  { work, scope, snapshot, catalogs }: Known & { readonly scope: RequestScope },
  { app, changes, title, reason, notes, toPath }: Asked,
): Promise<Omit<Proposal, 'request'>> {
  checkReadable(snapshot, app)
  const applied = applyVisible(catalogs, changes)
  if (!applied.ok) {
    const faults = applied.faults.map(({ path, message }) => ({ path: toPath(path), message }))
    const [first] = faults
    throw badRequest(`Invalid changes: ${first?.path}: ${first?.message}`, faults)
  }
  const { up, down, ...computed } = computeMigration(catalogs.whole, changes)
  const now = work.clock.now()
  const written = await writeFiles(work.workspace, app, { title, up, down, now })
  const shown = asWritten({ up, down, ...computed }, written.plain)
  const { statements } = shown
  const code = await writeModelCode(work, app.label, applied.steps)
  const { database } = scope
  const losses = await countLosses({ database, catalog: catalogs.whole }, changes, statements)
  const proof = await prove(work, {
    parts: shown.up,
    catalogs,
    predicted: applied.catalog,
    destructive: losses,
  })
  const draft = await toDraft([...written.files, ...code.files])
  const migration = toChangeMigration(shown, {
    app: app.label,
    tool: app.source.tool,
    names: written.names,
    changes,
    structureAfter: await structureChecksum(applied.catalog),
  })
  return {
    kind: 'codegen',
    checksums: await toProjectChecksums(snapshot, true),
    draft: { ...draft, destructive: [...draft.destructive, ...losses] },
    migration,
    proof,
    reason,
    operations: changes.length,
    warnings: [
      ...warnOfOthers(snapshot, app),
      ...statements.flatMap(({ note }) => note ?? []),
      ...written.notes,
      ...code.notes,
    ],
    notes: [...notes, ...written.notes, ...code.notes],
  }
}
