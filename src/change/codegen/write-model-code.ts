import { StudioError } from '../../errors.ts'
import type { ModelEditor } from '../models/model-code.ts'
import type { ChangeModule, ModelCode } from '../module.ts'
import type { ChangeStep } from '../schema/apply-changes.ts'
import { type DraftFile, maxCharacters } from '../sets/draft.ts'
import { maxFileBytes } from '../workspace.ts'

const editors: Readonly<Record<ModelCode['kind'], () => Promise<ModelEditor>>> = {
  drizzle: async () => (await import('../models/drizzle/edit-drizzle.ts')).editDrizzle,
  prisma: async () => (await import('../models/prisma/edit-prisma.ts')).editPrisma,
  zod: async () => (await import('../models/zod/edit-zod.ts')).editZod,
}

/** The file of the models after changes; no file where nothing of it changes, or where the project names none. */
export interface WrittenModels {
  readonly files: readonly DraftFile[]
  readonly notes: readonly string[]
}

/**
 * Writes changes into the file with the models of an app, if the project names one. No file is written to the disk.
 *
 * @throws StudioError `unprocessable` for a file that may not be written, or is too large.
 */
export async function writeModelCode(
  { workspace, models }: Pick<ChangeModule, 'workspace' | 'models'>,
  app: string,
  steps: readonly ChangeStep[],
): Promise<WrittenModels> {
  const code = models.get(app)
  if (!code) return { files: [], notes: [] }
  const { file } = code
  const [found] = await workspace.inspect([file])
  if (!found || 'refusal' in found) {
    const { refusal = 'protected_file', message = 'it cannot be read' } = found ?? {}
    throw new StudioError('unprocessable', `${file} may not be written: ${message}`, {
      details: { reason: 'not_writable', files: [{ path: file, refusal, message }] },
    })
  }
  const edit = await editors[code.kind]()
  const { text, notes } = await edit(found.content, steps)
  const size = text === null ? 0 : new TextEncoder().encode(text).length
  if (size > maxFileBytes || (text?.length ?? 0) + (found.content?.length ?? 0) > maxCharacters) {
    throw new StudioError('unprocessable', `${file} would be larger than a change set may hold`, {
      details: { reason: 'too_large' },
    })
  }
  const named = notes.map((note) => `${file}: ${note}`)
  if (text === found.content) return { files: [], notes: named }
  return { files: [{ path: file, original: found.content, content: text }], notes: named }
}
