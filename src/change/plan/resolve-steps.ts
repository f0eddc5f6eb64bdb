import type { Snapshot } from '../../introspection/model/snapshot.ts'
import { StudioError } from '../../errors.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import { listMigratedApps } from '../codegen/migrated-app.ts'
import type { VisibleCatalog } from '../codegen/visible-catalog.ts'
import type { ChangeWork } from '../module.ts'
import type { FileOperation } from '../patch/request.ts'
import { type ModelChange, modelChangesSchema } from '../schema/model-change.ts'
import { findQueryFaults, type RowCheck } from './checks/query-check.ts'
import {
  type ModelStep,
  type ModelWorld,
  toChangedField,
  toDroppedField,
  toNewField,
  toNewModel,
} from './model-steps.ts'
import { orderSteps } from './order.ts'
import { resolveEdits } from './resolve-edits.ts'
import { createTableOverlay, type TableOverlay } from './overlay.ts'
import type { AiPlan, AiPlanStep } from './parse-plan.ts'
import { type PayloadOf, pythonSteps, stepPayloads, type StepType } from './step-payloads.ts'

/** A step whose names are all known. */
export type ResolvedStep = {
  readonly step: AiPlanStep
} & (
  | {
      readonly kind: 'model'
      readonly app: string
      readonly changes: readonly ModelChange[]
      readonly before: VisibleCatalog
      readonly subject: Readonly<Record<string, string>>
      readonly notes: readonly string[]
    }
  | { readonly kind: 'files'; readonly operations: readonly FileOperation[] }
  | { readonly kind: 'migrate'; readonly app: string }
  | {
      readonly kind: 'rows'
      readonly check: RowCheck
      /** Why a preview cannot run it; null if it can. */
      readonly blocked: string | null
    }
  | { readonly kind: 'context' | 'health' }
)

/** What a plan is resolved with. */
export interface PlanWorld {
  readonly work: ChangeWork
  readonly snapshot: Snapshot
  /** Reads what the tables are; it throws where that is not known. */
  readonly catalogs: () => VisibleCatalog
}

interface Resolution extends PlanWorld {
  readonly world: () => ModelWorld
  readonly resolved: ResolvedStep[]
  /** The tables after the steps so far; null while no step has named one. */
  readonly tables: () => TableOverlay | null
}

type Outcome =
  | (ResolvedStep extends infer Each ? (Each extends unknown ? Omit<Each, 'step'> : never) : never)
  | { readonly faults: readonly SchemaFault[] }

/**
 * Finds everything that the steps name, each step on the tables as those before it leave them. The steps come in the order in
 * which they run.
 *
 * @throws StudioError `bad_request` whose `details.validation_errors` are all faults of all steps.
 */
export async function resolveSteps(plan: AiPlan, given: PlanWorld): Promise<ResolvedStep[]> {
  let tables: TableOverlay | null = null
  const apps = listMigratedApps(given.work.introspection.project)
  const resolution: Resolution = {
    ...given,
    tables: () => tables,
    world: () => ({
      tables: (tables ??= createTableOverlay(given.snapshot, given.catalogs())),
      apps,
    }),
    resolved: [],
  }
  const errors: string[] = []
  for (const step of orderSteps(plan.steps)) {
    const outcome = await resolveStep(step, resolution)
    if ('faults' in outcome) {
      const say = ({ path, message }: SchemaFault) =>
        `Step "${step.id}" (${step.type}): ${path === '' ? '' : `${path}: `}${message}`
      errors.push(...outcome.faults.map(say))
    } else {
      resolution.resolved.push({ ...outcome, step } as ResolvedStep)
    }
  }
  if (errors.length === 0) return resolution.resolved
  throw new StudioError('bad_request', `Invalid plan: ${errors[0]}`, {
    details: { validation_errors: errors },
  })
}

async function resolveStep(step: AiPlanStep, resolution: Resolution): Promise<Outcome> {
  const { type } = step
  if (isPython(type)) {
    return refuse(
      'generates classes of Python, which this project has not: edit its files with apply_patch',
    )
  }
  const parsed = stepPayloads[type].safeParse(step.payload)
  if (!parsed.success) {
    return {
      faults: parsed.error.issues.map(({ path, message }) => ({
        path: ['payload', ...path].map(String).join('.').slice(0, 200),
        message,
      })),
    }
  }
  return resolvers[type]({ step, resolution }, parsed.data as never)
}

function isPython(type: AiPlanStep['type']): type is (typeof pythonSteps)[number] {
  return (pythonSteps as readonly string[]).includes(type)
}

interface Place {
  readonly step: AiPlanStep
  readonly resolution: Resolution
}

const resolvers: {
  readonly [Type in StepType]: (
    place: Place,
    payload: PayloadOf<Type>,
  ) => Outcome | Promise<Outcome>
} = {
  analyze_context: () => ({ kind: 'context' }),
  run_health_check: () => ({ kind: 'health' }),
  create_model: (place, payload) =>
    resolveModel(place, (world) => toNewModel(payload.model_spec, world)),
  create_migration: (place, { model_spec, app_label }) =>
    resolveModel(place, (world) =>
      toNewModel({ ...model_spec, app_label: app_label ?? model_spec.app_label }, world),
    ),
  create_field: (place, payload) => resolveModel(place, (world) => toNewField(payload, world)),
  update_field: (place, payload) => resolveModel(place, (world) => toChangedField(payload, world)),
  delete_field: (place, payload) => resolveModel(place, (world) => toDroppedField(payload, world)),
  change_model: (place, payload) => resolveModel(place, (world) => toOwnChanges(payload, world)),
  run_migrations: ({ resolution }, payload) => resolveRun(resolution, payload),
  apply_patch: ({ resolution }, { patch_request }) =>
    resolveEdits(resolution.work.workspace, patch_request.operations),
  patch_file: ({ resolution }, operation) => resolveEdits(resolution.work.workspace, [operation]),
  run_query_check: ({ resolution }, check) => resolveRows(resolution, check),
}

function refuse(message: string, path = ''): { readonly faults: readonly SchemaFault[] } {
  return { faults: [{ path, message }] }
}

function toOwnChanges(
  { app, changes }: PayloadOf<'change_model'>,
  { apps }: ModelWorld,
): ModelStep {
  if (!apps.includes(app)) {
    const known = apps.join(', ') || 'there are none'
    return refuse(`is none of the apps with migrations: ${known}`, 'payload.app')
  }
  const toPath = (path: string) => `payload.${path}`
  return { app, changes, notes: [], subject: { app }, created: null, toPath }
}

function resolveModel(
  { step, resolution }: Place,
  toStep: (world: ModelWorld) => ModelStep,
): Outcome {
  const { resolved } = resolution
  const world = resolution.world()
  const found = toStep(world)
  if ('faults' in found) return found
  const { app, notes, subject, created, toPath } = found
  const parsed = modelChangesSchema.safeParse(found.changes)
  if (!parsed.success) {
    return {
      faults: parsed.error.issues.map(({ path, message }) => ({
        path: toPath(['changes', ...path].map(String).join('.')),
        message,
      })),
    }
  }
  const other = resolved.find((each) => each.kind === 'model' && each.app !== app)
  const before = world.tables.catalogs()
  const faults = world.tables
    .apply(step.id, parsed.data)
    .map(({ path, message }) => ({ path: toPath(path), message }))
  if (faults.length > 0) return { faults }
  if (created) world.tables.addModel(created.name, created)
  if (other?.kind === 'model') {
    return refuse(
      `changes the app ${app}, and the step "${other.step.id}" the app ${other.app}: a plan changes one`,
    )
  }
  if (resolved.some(({ kind }) => kind === 'migrate')) {
    return refuse(
      'comes after run_migrations, which has to depend on all steps that change the model',
    )
  }
  return { kind: 'model', app, changes: parsed.data, before, subject, notes }
}

function resolveRun(
  { work, resolved }: Resolution,
  { apps, fake }: PayloadOf<'run_migrations'>,
): Outcome {
  const { migrator, introspection } = work
  if (fake)
    return refuse('true is refused: a migration that did not run is not recorded', 'payload.fake')
  if (!migrator) return refuse('needs the capability apply_migrations and changes.migrator')
  if (resolved.some(({ kind }) => kind === 'migrate')) {
    return refuse('is there already: a plan has one migration, which runs once')
  }
  const own = resolved.find((each) => each.kind === 'model')
  if (own?.kind !== 'model') {
    return refuse('has nothing to run: no step before it changes the model')
  }
  const { app } = own
  if (apps.some((each) => each !== app)) {
    return refuse(`names another app than ${app}, which the plan changes`, 'payload.apps')
  }
  const tool = introspection.project.apps.find(({ label }) => label === app)?.migrations?.tool
  if (tool === undefined || !migrator.tools.includes(tool)) {
    return refuse(`Studio does not run migrations of ${tool ?? app}; use the tool`)
  }
  return { kind: 'migrate', app }
}

function resolveRows(
  { work, snapshot, tables }: Resolution,
  check: PayloadOf<'run_query_check'>,
): Outcome {
  if (!('query_execute' in work.introspection.served().endpoints)) {
    return refuse('needs queries, which this studio does not serve')
  }
  const found = findQueryFaults(snapshot, check.plan, tables())
  if ('faults' in found) return found
  return { kind: 'rows', check, blocked: found.blocked }
}
