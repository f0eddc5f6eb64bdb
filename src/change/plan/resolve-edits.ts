import { StudioError } from '../../errors.ts'
import { isRecord } from '../../lib/json.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import { findRefusals } from '../patch/preview-patch.ts'
import { type FileOperation, type PatchRequest, toFileOperations } from '../patch/request.ts'
import type { WorkspaceFiles } from '../workspace.ts'

/** Returns the edits of a step, or why they may not be done whatever the files hold. */
export async function resolveEdits(
  workspace: Pick<WorkspaceFiles, 'inspect'>,
  operations: PatchRequest['operations'],
): Promise<
  | { readonly kind: 'files'; readonly operations: readonly FileOperation[] }
  | { readonly faults: readonly SchemaFault[] }
> {
  try {
    const edits = toFileOperations({ operations })
    const refusals = await findRefusals(workspace, edits)
    if (refusals.length > 0) return { faults: refusals.map((message) => ({ path: '', message })) }
    return { kind: 'files', operations: edits }
  } catch (error) {
    if (!(error instanceof StudioError) || !Array.isArray(error.details)) throw error
    const faults = error.details.filter(isRecord) as unknown as SchemaFault[]
    return { faults: faults.map(({ path, message }) => ({ path: `payload.${path}`, message })) }
  }
}
