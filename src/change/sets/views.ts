import type { JsonObject } from '../../lib/json.ts'
import type { ChangeSet, ChangeSummary, MigrationText } from '../../records/change.ts'
import type { TypeProof } from '../../records/proof.ts'
import type { ChangeModule } from '../module.ts'
import type { ModelChange } from '../schema/model-change.ts'
import type { WireChangeSet, WireChangeSummary } from './change-answers.ts'
import { toWireProgress } from './plan-progress.ts'

/** Does a person have to decide before this change set is applied? */
export function needsApproval(
  { destructive, proof }: Pick<ChangeSummary, 'destructive' | 'proof'>,
  { approve }: Pick<ChangeModule, 'approve'>,
): boolean {
  const isNotable =
    destructive.length > 0 ||
    (proof?.ran === true && proof.drift.length > 0) ||
    (proof?.types?.errors.length ?? 0) > 0
  return approve === 'always' || (approve === 'destructive' && isNotable)
}

/** Converts a change set for a list, or for the answer to a patch. */
export function toWireSummary(
  change: ChangeSummary,
  module: Pick<ChangeModule, 'approve' | 'clock'>,
): WireChangeSummary {
  const { rootId, commit, schemaChecksum, migrationsChecksum, structureChecksum } = change.base
  return {
    id: change.id,
    digest: change.digest,
    kind: change.kind,
    status: change.status,
    reason: change.reason,
    base: {
      root_id: rootId,
      commit,
      schema_checksum: schemaChecksum,
      migrations_checksum: migrationsChecksum,
      structure_checksum: structureChecksum,
    },
    files: change.files.map(({ path, mode, before, after }) => ({ path, mode, before, after })),
    destructive: [...change.destructive],
    migration: toWireMigration(change),
    proof: toWireProof(change.proof),
    plan: toWirePlan(change, module),
    commit: change.commit && { branch: change.commit.branch, id: change.commit.id },
    warnings: [...change.warnings],
    approval: toApproval(change, module),
    created_by: change.createdBy,
    created_at: change.createdAt,
    expires_at: change.expiresAt,
  }
}

/** Converts a change set with its texts and its history. */
export function toWireChange(
  change: ChangeSet,
  module: Pick<ChangeModule, 'approve' | 'clock'>,
): WireChangeSet {
  const summary = toWireSummary(change, module)
  return {
    ...summary,
    files: summary.files.map((file, index) => {
      const { diff = '', original = null, content = null } = change.texts[index] ?? {}
      return { ...file, diff, original, content }
    }),
    events: change.events.map(({ type, at, by, digest, reason }) => ({
      type,
      at,
      by,
      digest,
      reason,
    })),
  }
}

function toWireMigration({
  migration,
  run,
}: Pick<ChangeSummary, 'migration' | 'run'>): WireChangeSummary['migration'] {
  if (!migration) return null
  const { app, tool, changes, names, up, down, statements, structureAfter } = migration
  return {
    app,
    tool,
    changes: changes as ModelChange[], // parsed when it was previewed
    names: [...names],
    sql: toScript(up),
    down: down && toScript(down),
    statements: statements.map((each) => ({
      sql: each.sql,
      lock: each.lock,
      rewrites: each.rewrites,
      transaction: each.transaction,
      note: each.note,
    })),
    reversible: down !== null,
    structure_after: structureAfter,
    run: run && { status: run.status, message: run.message, drift: [...run.drift], at: run.at },
  }
}

function toScript(parts: readonly MigrationText[]): string {
  return parts
    .filter(({ sql }) => sql !== '')
    .map(({ isTransaction, sql }) => (isTransaction ? `BEGIN;\n${sql}\nCOMMIT;` : sql))
    .join('\n\n')
    .concat('\n')
}

function toWirePlan(
  change: ChangeSummary,
  module: Pick<ChangeModule, 'clock'>,
): WireChangeSummary['plan'] {
  const { plan } = change
  if (!plan) return null
  const { intent, onFailure, runId, steps } = plan
  return {
    intent,
    on_failure: onFailure,
    run_id: runId,
    progress: toWireProgress(plan, change, module),
    steps: steps.map(({ dependsOn, files, check, ...step }) => ({
      ...step,
      depends_on: [...dependsOn],
      files: [...files],
      check: check as JsonObject | null, // parsed when it was previewed
    })),
  }
}

function toWireProof(proof: ChangeSummary['proof']): WireChangeSummary['proof'] {
  if (!proof) return null
  const types = toWireTypes(proof.types ?? null) // proofs of earlier versions have none
  if (!proof.ran) return { ran: false, reason: proof.reason, types }
  const { ms, schemaChecksumAfter, drift, lintNew, destructive } = proof
  return {
    ran: true,
    ms,
    schema_checksum_after: schemaChecksumAfter,
    drift: [...drift],
    lint_new: [...lintNew],
    destructive: [...destructive],
    types,
  }
}

function toWireTypes(types: TypeProof | null): NonNullable<WireChangeSummary['proof']>['types'] {
  if (!types) return null
  const { ran, errors, reason } = types
  return { ran, errors: errors.map((error) => ({ ...error })), reason }
}

function toApproval(
  change: ChangeSummary,
  module: Pick<ChangeModule, 'approve'>,
): WireChangeSummary['approval'] {
  const { id, digest, decision } = change
  const required = needsApproval(change, module)
  const undecided = change.status === 'expired' ? 'timed_out' : 'pending'
  return {
    required,
    tool_name: 'apply_change_set',
    input: { id, digest },
    status: decision
      ? decision.approved
        ? 'approved'
        : 'rejected'
      : required
        ? undecided
        : 'not_required',
    requested_at: change.createdAt,
    expires_at: change.expiresAt,
    request_reason: change.reason,
    decided_by: decision?.decidedBy ?? null,
    decided_at: decision?.decidedAt ?? null,
    decision_reason: decision?.reason ?? null,
  }
}
