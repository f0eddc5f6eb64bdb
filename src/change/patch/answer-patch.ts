import type { Exchange } from '../../http/exchange.ts'
import { protocolLevel } from '../../introspection/wire.ts'
import { badRequest } from '../../errors.ts'
import { countOf } from '../../lib/text.ts'
import type { ChangeSet } from '../../records/change.ts'
import type { ChangeModule, ChangeWork } from '../module.ts'
import { admitApply } from '../sets/admit.ts'
import { startWork } from '../sets/endpoints.ts'
import { operate } from '../sets/operate.ts'
import { permit } from '../sets/permit.ts'
import { hashRequest, propose, requireChange } from '../sets/propose.ts'
import { conflict } from '../sets/state.ts'
import { toWireChange, toWireSummary } from '../sets/views.ts'
import type { WirePatchResult } from './patch-answers.ts'
import { type PatchPreview, previewPatch } from './preview-patch.ts'
import {
  type ApplyRequest,
  applyRequestSchema,
  parseShape,
  type PatchRequest,
  patchRequestSchema,
  toFileOperations,
} from './request.ts'

/** Answers `POST /ai/patch/preview`: computes a change set and stores it. No file is written. */
export async function answerPreview(
  module: ChangeModule,
  exchange: Exchange,
  body: unknown,
): Promise<WirePatchResult> {
  const request = parseShape(patchRequestSchema, body)
  const { result } = await preview(await startWork(module, exchange), exchange, request)
  return result
}

/**
 * Answers `POST /ai/patch/apply`: writes a change set that was shown. Operations alone are previewed only, and the answer is the
 * change set to confirm.
 *
 * @throws StudioError `conflict` with a reason, `unprocessable`, `bad_request`, `not_found`.
 */
export async function answerApply(
  module: ChangeModule,
  exchange: Exchange,
  body: unknown,
): Promise<WirePatchResult> {
  const request = parseShape(applyRequestSchema, body)
  const { change_set: id, expected_digest: digest, operations } = request
  const work = await startWork(module, exchange)
  if (request.dry_run && operations)
    return (await preview(work, exchange, { ...request, operations })).result
  if (id !== undefined && digest !== undefined) {
    return applyShown(work, exchange, { ...request, id, digest })
  }
  if (id !== undefined || digest !== undefined || !operations) {
    const path = id === undefined ? 'change_set' : 'expected_digest'
    throw badRequest('change_set and expected_digest belong together', [
      { path, message: 'is missing' },
    ])
  }
  const { result, change } = await preview(work, exchange, { ...request, operations })
  if (!change) return { ...result, preview_only: false }
  throw conflict(
    'confirmation_required',
    'Send change_set and expected_digest to apply exactly what was previewed',
    { change_set: toWireChange(change, work) },
  )
}

async function applyShown(
  work: ChangeWork,
  exchange: Exchange,
  request: ApplyRequest & { readonly id: string; readonly digest: string },
): Promise<WirePatchResult> {
  const { id, operations } = request
  await permit(work, exchange, { id, action: 'apply' })
  if (operations) {
    const { requestHash } = await requireChange(work, exchange, id)
    if (requestHash !== (await hashRequest(operations))) {
      throw conflict('request_mismatch', 'The change set was made of other operations than these')
    }
  }
  await admitApply(work, exchange, request)
  const change = await operate(work, exchange, {
    direction: 'apply',
    admit: () => admitApply(work, exchange, request),
  })
  return {
    ...toResult(change, work),
    applied: true,
    preview_only: false,
    notes: [...change.notes, `Written: ${countOf(change.files.length, 'file')}`],
    rollback_available: true,
  }
}

async function preview(
  work: ChangeWork,
  exchange: Exchange,
  request: Pick<PatchRequest, 'operations' | 'reason'>,
): Promise<{ readonly result: WirePatchResult; readonly change: ChangeSet | null }> {
  const operations = toFileOperations(request)
  const found = await previewPatch(work.workspace, operations)
  const { draft, errors, warnings, notes } = found
  if (errors.length > 0 || !draft || draft.files.length === 0) {
    return { result: withoutChange(found), change: null }
  }
  const change = await propose(work, exchange, {
    kind: 'patch',
    draft,
    reason: request.reason ?? null,
    request: operations,
    operations: operations.length,
    warnings,
    notes,
  })
  const result = {
    ...toResult(change, work),
    notes: [...notes, 'This is a preview; no file was written'],
  }
  return { result, change }
}

function withoutChange({
  applied,
  failed,
  errors,
  warnings,
  notes,
}: PatchPreview): WirePatchResult {
  return {
    applied: false,
    preview_only: true,
    files_changed: {},
    operations_applied: applied,
    operations_failed: failed,
    errors: [...errors],
    warnings: [...warnings],
    notes: errors.length > 0 ? [...notes] : [...notes, 'The files are like this already'],
    rollback_available: false,
    checksum: '',
    change_set: null,
    version: protocolLevel,
  }
}

function toResult(change: ChangeSet, work: ChangeWork): WirePatchResult {
  const files = change.files.map(({ path, before }, index) => {
    const { diff = '', original = null, content = null } = change.texts[index] ?? {}
    const file = { path, original_content: original, new_content: content, diff }
    return [path, { ...file, created: before === null }] as const
  })
  return {
    applied: false,
    preview_only: true,
    files_changed: Object.fromEntries(files),
    operations_applied: change.operations,
    operations_failed: 0,
    errors: [],
    warnings: [...change.warnings],
    notes: [...change.notes],
    rollback_available: false,
    checksum: change.digest.slice(0, 16),
    change_set: toWireSummary(change, work),
    version: protocolLevel,
  }
}
