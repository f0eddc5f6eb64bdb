import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { RequestScope } from '../../introspection/model/request-scope.ts'
import type { Snapshot } from '../../introspection/model/snapshot.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { PlannedStep } from '../../records/change.ts'
import { computeMigrationSet, toCatalogs } from '../codegen/answer-codegen.ts'
import { computeMigration, toTitle } from '../codegen/compute-migration.ts'
import { findMigratedApp } from '../codegen/migrated-app.ts'
import type { VisibleCatalog } from '../codegen/visible-catalog.ts'
import type { ChangeWork } from '../module.ts'
import { previewPatch } from '../patch/preview-patch.ts'
import { findWarnings } from '../patch/warnings.ts'
import { foldPath } from '../paths/names.ts'
import { type Draft, joinDrafts } from '../sets/draft.ts'
import { type Proposal, toProjectChecksums } from '../sets/propose.ts'
import { maxFiles } from '../workspace.ts'
import { checkHealth, summarizeContext } from './checks/project-checks.ts'
import { checkRows } from './checks/query-check.ts'
import { createFileOverlay, type FileOverlay } from './overlay.ts'
import type { WireStepResult } from './plan-answers.ts'
import type { AiPlan } from './plan-request.ts'
import { type ResolvedStep, resolveSteps } from './resolve-steps.ts'

/** How long the steps of a plan may take together, in milliseconds. None starts later. */
export const maxPlanMs = 120_000

/** What a plan would do. Without a proposal a step failed, the last of the results. */
export interface PlanPreview {
  readonly results: readonly WireStepResult[]
  readonly proposal: Omit<Proposal, 'request'> | null
}

interface Preview {
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

interface Outcome {
  readonly output: JsonObject
  readonly error: string | null
  readonly simulated?: boolean
}

/**
 * Runs the steps of a plan on texts in memory and on the shadow, each on what those before it leave. It writes nothing.
 *
 * @throws StudioError `bad_request` that names every step that cannot be, `conflict` while migrations are pending, `unavailable`
 *   without a catalog that a step needs.
 */
export async function previewPlan(
  work: ChangeWork,
  exchange: Exchange,
  { plan, runId }: { readonly plan: AiPlan; readonly runId: string | null },
): Promise<PlanPreview> {
  const end = performance.now() + maxPlanMs
  return work.introspection.withScope(exchange, async (scope) => {
    const snapshot = await scope.snapshot(true)
    let known: VisibleCatalog | undefined
    const catalogs = () => (known ??= toCatalogs(snapshot))
    const steps = await resolveSteps(plan, { work, snapshot, catalogs })
    const files = createFileOverlay(work.workspace)
    const preview = { work, exchange, scope, snapshot, catalogs, steps, files, migration: null }
    const results: WireStepResult[] = []
    for (const resolved of steps) {
      const isLate = performance.now() > end
      const outcome = isLate ? late : await attempt(() => runStep(preview, resolved))
      results.push(toResult(resolved, outcome))
      if (outcome.error !== null) return { results, proposal: null }
    }
    return { results, proposal: await toProposal(preview, { plan, runId, results }) }
  })
}

const late: Outcome = { output: {}, error: `The plan took more than ${maxPlanMs} ms` }

/** What a migration or a check says against the step is the step's failure; what hinders any preview is thrown. */
async function attempt(task: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await task()
  } catch (error) {
    const isOfStep = error instanceof StudioError && stepFaults.has(error.code)
    if (!isOfStep) throw error
    return { output: {}, error: error.message }
  }
}

const stepFaults = new Set<StudioError['code']>(['bad_request', 'unprocessable', 'forbidden'])

function runStep(preview: Preview, resolved: ResolvedStep): Promise<Outcome> {
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
async function runModel(preview: Preview, resolved: Of<'model'>): Promise<Outcome> {
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

async function runFiles(preview: Preview, { operations }: Of<'files'>): Promise<Outcome> {
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

async function runMigrate({ migration }: Preview, { app }: Of<'migrate'>): Promise<Outcome> {
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

async function runRows({ work, exchange }: Preview, resolved: Of<'rows'>): Promise<Outcome> {
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

function toResult({ step, kind }: ResolvedStep, outcome: Outcome): WireStepResult {
  const { output, error, simulated = true } = outcome
  const effects =
    kind === 'migrate' ? 'database' : kind === 'files' || kind === 'model' ? 'files' : 'none'
  return {
    id: step.id,
    type: step.type,
    success: error === null,
    output,
    error,
    effects,
    simulated,
  }
}

async function toProposal(
  { steps, files, migration, snapshot }: Preview,
  {
    plan,
    runId,
    results,
  }: {
    readonly plan: AiPlan
    readonly runId: string | null
    readonly results: readonly WireStepResult[]
  },
): Promise<Omit<Proposal, 'request'>> {
  const edits = await files.toDraft()
  return {
    kind: 'plan',
    checksums: migration?.checksums ?? (await toProjectChecksums(snapshot, false)),
    migration: migration?.migration ?? null,
    proof: migration?.proof ?? null,
    draft: migration ? joinDrafts(edits, migration.draft) : edits,
    reason: plan.intent,
    operations: steps.length,
    warnings: [...findWarnings(edits), ...(migration?.warnings ?? [])],
    notes: [...(migration?.notes ?? [])],
    plan: {
      intent: plan.intent,
      onFailure: plan.on_failure,
      runId,
      steps: steps.map((resolved, index) => toPlanned(resolved, results[index])),
    },
  }
}

function toPlanned(resolved: ResolvedStep, result: WireStepResult | undefined): PlannedStep {
  const { id, type, description, reasoning, depends_on } = resolved.step
  const changed = result?.output['files_changed']
  return {
    id,
    type,
    description,
    reasoning,
    dependsOn: depends_on,
    effects: result?.effects ?? 'none',
    simulated: result?.simulated ?? false,
    files: Object.keys((changed ?? {}) as object),
    check: resolved.kind === 'rows' ? resolved.check : null,
  }
}
