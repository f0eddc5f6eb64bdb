import type { ChangedFile } from '../../records/change.ts'
import type { Proof } from '../../records/proof.ts'
import type { WorkspaceFiles } from '../workspace.ts'
import type { Draft } from './draft.ts'

type Changed = readonly Pick<ChangedFile, 'path'>[]

/** Do these files say something about types? */
export function concernsTypes(files: Changed): boolean {
  return files.some(({ path }) => /\.[cm]?tsx?$|(?:^|\/)tsconfig[^/]*\.json$/.test(path))
}

/** Adds what a type check shows to the proof of a change set, if the workspace checks types. */
export async function proveTypes(
  { checkTypes }: Pick<WorkspaceFiles, 'checkTypes'>,
  { files, texts }: Draft,
  proof: Proof | null,
): Promise<Proof | null> {
  if (!checkTypes || !concernsTypes(files)) return proof
  const types = await checkTypes(
    files.map(({ path }, index) => {
      const { original = null, content = null } = texts[index] ?? {}
      return { path, original, content }
    }),
  )
  return { ...(proof ?? { ran: false, reason: 'There is no migration to try' }), types }
}
