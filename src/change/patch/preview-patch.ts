import { foldPath } from '../paths/names.ts'
import { isMigration } from '../paths/protected.ts'
import { type Draft, type DraftFile, maxCharacters, toDraft } from '../sets/draft.ts'
import { type Inspection, maxFileBytes, maxFiles, type WorkspaceFiles } from '../workspace.ts'
import { editText, findMissing } from './edit-text.ts'
import { findWarnings } from './warnings.ts'
import type { FileOperation } from './request.ts'

/** What a patch would do. Without a draft nothing can be done, and `errors` says why. */
export interface PatchPreview {
  readonly draft: Draft | null
  readonly applied: number
  readonly failed: number
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
}

type Files = Pick<WorkspaceFiles, 'inspect'>

/** Returns why operations may not be done, whatever their files hold. */
export async function findRefusals(
  workspace: Files,
  operations: readonly FileOperation[],
): Promise<readonly string[]> {
  return (await inspect(workspace, operations)).errors
}

/** Does the operations on texts in memory. It reads files of the workspace and writes none. */
export async function previewPatch(
  workspace: Files,
  operations: readonly FileOperation[],
): Promise<PatchPreview> {
  const { byPath, errors } = await inspect(workspace, operations)
  if (errors.length === 0) return edit(operations, byPath)
  const nothing = { draft: null, applied: 0, warnings: [], notes: ['Nothing was changed'] }
  return { ...nothing, failed: errors.length, errors }
}

async function inspect(
  workspace: Files,
  operations: readonly FileOperation[],
): Promise<{ readonly byPath: ReadonlyMap<string, Inspection>; readonly errors: string[] }> {
  const paths = [...new Set(operations.flatMap(({ path }) => path ?? []))]
  const tooMany =
    paths.length > maxFiles
      ? [`invalid_operation: the patch names more than ${maxFiles} files`]
      : []
  const found = tooMany.length > 0 ? [] : await workspace.inspect(paths)
  const byPath = new Map(found.map((each) => [each.path, each]))
  const faults = operations.flatMap((operation, index) => {
    const fault = findFault(operation, byPath, paths)
    return fault === null ? [] : [`Operation ${index + 1}: ${fault}`]
  })
  return { byPath, errors: tooMany.length > 0 ? tooMany : faults }
}

function findFault(
  operation: FileOperation,
  found: ReadonlyMap<string, Inspection>,
  paths: readonly string[],
): string | null {
  const missing = findMissing(operation)
  if (missing !== null) return `missing_required: ${missing}`
  const { path = '' } = operation
  const inspection = found.get(path)
  if (inspection && 'refusal' in inspection) return `${inspection.refusal}: ${inspection.message}`
  if (isMigration(path)) return 'protected_file: a patch may not edit migrations'
  const twin = paths.find((other) => other !== path && foldPath(other) === foldPath(path))
  return twin === undefined
    ? null
    : 'invalid_operation: another path of the patch differs by case or Unicode form alone'
}

async function edit(
  operations: readonly FileOperation[],
  found: ReadonlyMap<string, Inspection>,
): Promise<PatchPreview> {
  const files = new Map<string, DraftFile>()
  const notes: string[] = []
  for (const [index, operation] of operations.entries()) {
    const { path = '', note } = operation
    const say = (text: string) => `Operation ${index + 1}: ${text}`
    const file = files.get(path) ?? toFile(path, found)
    const outcome = editText(operation, file.content)
    const fault = 'fault' in outcome ? outcome.fault : findContentFault(file, outcome.text)
    if (fault !== null || 'fault' in outcome) {
      return failed(index, say(fault ?? ''), notes)
    }
    files.set(path, { ...file, content: outcome.text })
    notes.push(...(outcome.notes ?? []).map(say), ...(note === undefined ? [] : [say(note)]))
  }
  const size = [...files.values()].reduce(
    (sum, { original, content }) => sum + (original?.length ?? 0) + (content?.length ?? 0),
    0,
  )
  if (size > maxCharacters) {
    return failed(
      operations.length - 1,
      'invalid_operation: the files are too large together',
      notes,
    )
  }
  const draft = await toDraft([...files.values()])
  const applied = operations.length
  return { draft, applied, failed: 0, errors: [], warnings: findWarnings(draft), notes }
}

function failed(applied: number, error: string, notes: readonly string[]): PatchPreview {
  const said = [...notes, 'The operations before it were dropped; nothing was changed']
  return { draft: null, applied, failed: 1, errors: [error], warnings: [], notes: said }
}

function toFile(path: string, found: ReadonlyMap<string, Inspection>): DraftFile {
  const inspection = found.get(path)
  const original = inspection && 'content' in inspection ? inspection.content : null
  return { path, original, content: original }
}

function findContentFault({ path, original }: DraftFile, text: string): string | null {
  if (text.includes('\0')) return 'invalid_operation: the text has a NUL character'
  if (/\p{Surrogate}/u.test(text)) return 'invalid_operation: the text has half of a surrogate pair'
  if (new TextEncoder().encode(text).length > maxFileBytes) {
    return `invalid_operation: the file would have more than ${maxFileBytes} bytes`
  }
  // a file that has comments already, such as tsconfig.json, may keep them
  const isJson = path.toLowerCase().endsWith('.json') && (original === null || parses(original))
  return isJson && !parses(text) ? 'syntax_error: the file would not be JSON' : null
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
