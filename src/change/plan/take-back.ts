import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { migrateChange } from '../migrate/run-migration.ts'
import type { ChangeWork } from '../module.ts'
import { admitRollback } from '../sets/admit.ts'
import { operate } from '../sets/operate.ts'
import { requireChange } from '../sets/propose.ts'

/**
 * Takes back what was done of a plan, the last first: the migration, then the files. It stops where something cannot be taken
 * back, and resolves to what happened, in words.
 */
export async function takeBack(
  work: ChangeWork,
  exchange: Exchange,
  { id, digest }: { readonly id: string; readonly digest: string },
): Promise<string[]> {
  const notes: string[] = []
  try {
    const { run } = await requireChange(work, exchange, id)
    if (run?.status === 'migrated' || run?.status === 'drifted') {
      const body = { expected_digest: digest, direction: 'down' }
      await migrateChange(work, exchange, { id, body })
      notes.push('The migration was taken back')
    }
    const admit = () => admitRollback(work, exchange, id)
    await operate(work, exchange, { direction: 'rollback', admit })
    notes.push('The files were restored')
  } catch (error) {
    const isTold = error instanceof StudioError
    if (!isTold) work.onError(error, exchange.request)
    notes.push(`The rest stands: ${isTold ? error.message : 'the reason is in the log'}`)
  }
  return notes
}
