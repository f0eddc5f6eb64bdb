import type { Exchange } from '../../http/exchange.ts'
import type { RequestScope } from '../../introspection/model/request-scope.ts'
import type { Snapshot } from '../../introspection/model/snapshot.ts'
import type { JsonObject } from '../../lib/json.ts'
import { computeMigrationSet } from '../codegen/answer-codegen.ts'
import { computeMigration, toTitle } from '../codegen/compute-migration.ts'
import { findMigratedApp } from '../codegen/migrated-app.ts'
import type { VisibleCatalog } from '../codegen/visible-catalog.ts'
import type { ChangeWork } from '../module.ts'
import { previewPatch } from '../patch/preview-patch.ts'
import { foldPath } from '../paths/names.ts'
import type { Draft } from '../sets/draft.ts'
import type { Proposal } from '../sets/propose.ts'
import { maxFiles } from '../workspace.ts'
import { checkHealth, summarizeContext } from './checks/project-checks.ts'
import { checkRows } from './checks/query-check.ts'
import type { FileOverlay } from './overlay.ts'
import type { ResolvedStep } from './resolve-steps.ts'

/** The preview of a plan as far as it is. */
export interface Preview {
  readonly work: ChangeWork
  readonly exchange: Exchange
  readonly scope: RequestScope
  readonly snapshot: Snapshot
  readonly catalogs: () => VisibleCatalog
  readonly steps: readonly ResolvedStep[]
  readonly files: FileOverlay
  migration: Omit<Proposal, 'request'> | null
}

type Of<Kind extends ResolvedStep['kind']> = Extract<ResolvedStep, { kind: Kind }>

/** What a step would do, or why it cannot. */
export interface StepOutcome {
  readonly output: JsonObject
  readonly error: string | null
  readonly simulated?: boolean
}

/**
 * Runs one step on texts in memory.
 *
 * @throws StudioError when it cannot be done, or when nothing can be previewed.
 */
export function previewStep(preview: Preview, resolved: ResolvedStep): Promise<StepOutcome> {
  const { work, exchange } = preview
  switch (resolved.kind) {
    case 'model':
      return runModel(preview, resolved)
    case 'files':
      return runFiles(preview, resolved)
    case 'migrate':
      return runMigrate(preview, resolved)
    case 'rows':
      return runRows(preview, resolved)
    case 'context':
      return summarizeContext(work, exchange)
    case 'health':
      return checkHealth(work, exchange)
  }
}

/** The one migration of the plan is computed with the last step that changes the model. */
async function runModel(preview: Preview, resolved: Of<'model'>): Promise<StepOutcome> {
  const { steps, snapshot, work, scope, catalogs, files } = preview
  const { subject, changes, before, notes, app } = resolved
  const { statements } = computeMigration(before.whole, changes)
  const output = {
    ...subject,
    app,
    preview_only: true,
    statements: statements.map(({ sql }) => sql),
    notes: [...notes],
  }
  const own = steps.filter((each): each is Of<'model'> => each.kind === 'model')
  const last = own.at(-1)
  if (last !== resolved) {
    const where = `The migration is written with the step "${last?.step.id}"`
    return { output: { ...output, files_changed: {}, where }, error: null }
  }
  const all = own.flatMap((each) => each.changes)
  const title = toTitle(own.length === 1 ? changes : all)
  preview.migration = await computeMigrationSet(
    { work, scope, snapshot, catalogs: catalogs() },
    {
      app: findMigratedApp(work.introspection.project, snapshot, app),
      changes: all,
      title,
      reason: null,
      notes: [],
      toPath: (path) => path,
    },
  )
  const { draft } = preview.migration
  const error = findClash(draft, await files.toDraft())
  return { output: { ...output, files_changed: toDiffs(draft) }, error }
}

async function runFiles(preview: Preview, { operations }: Of<'files'>): Promise<StepOutcome> {
  const { files, migration } = preview
  const { draft, errors, notes, warnings, applied } = await previewPatch(
    files.workspace,
    operations,
  )
  if (!draft || errors.length > 0) {
    return { output: { operations_applied: applied }, error: errors.join('; ') }
  }
  const error =
    (migration && findClash(migration.draft, draft)) ??
    files.add(draft) ??
    (await findExcess(preview))
  const same = draft.files.length === 0 ? ['The files are like this already'] : []
  const output = {
    preview_only: true,
    operations_applied: applied,
    files_changed: toDiffs(draft),
    notes: [...notes, ...same],
    warnings: [...warnings],
  }
  return { output, error }
}

async function findExcess({ files, migration }: Preview): Promise<string | null> {
  if (!migration) return null
  const count = (await files.toDraft()).files.length + migration.draft.files.length
  return count > maxFiles ? `The plan changes more than ${maxFiles} files` : null
}

function findClash(migration: Draft, { files }: Draft): string | null {
  const own = new Set(migration.files.map(({ path }) => foldPath(path)))
  const both = files.find(({ path }) => own.has(foldPath(path)))
  if (both) return `${both.path} is a file of the migration that the plan writes`
  return own.size + files.length > maxFiles ? `The plan changes more than ${maxFiles} files` : null
}

async function runMigrate({ migration }: Preview, { app }: Of<'migrate'>): Promise<StepOutcome> {
  const proof = migration?.proof
  const isTried = proof?.ran === true
  const note = isTried
    ? 'It ran on a copy of the database'
    : `It was not tried: ${proof && !proof.ran ? proof.reason : 'there is no proof'}`
  const output = {
    preview_only: true,
    would_run_for_apps: [app],
    fake: false,
    migrations: [...(migration?.migration?.names ?? [])],
    drift: proof?.ran ? [...proof.drift] : [],
    note,
  }
  return { output, error: null, simulated: isTried }
}

async function runRows({ work, exchange }: Preview, resolved: Of<'rows'>): Promise<StepOutcome> {
  const { check, blocked } = resolved
  if (blocked !== null) {
    const output = { preview_only: true, model: check.plan.model, note: blocked }
    return { output, error: null, simulated: false }
  }
  const { output, error } = await checkRows(work, exchange, check)
  return { output: { ...output, preview_only: true }, error }
}

function toDiffs({ files, texts }: Draft): Record<string, string> {
  return Object.fromEntries(files.map(({ path }, index) => [path, texts[index]?.diff ?? '']))
}
