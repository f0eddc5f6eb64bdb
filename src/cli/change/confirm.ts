import type { ChangeInfo, StudioClient } from '../../client.ts'
import { type CommandInput, commandFailure, type Terminal, textOf, usageError } from '../command.ts'
import { printHead } from './print-change.ts'
import { printWayBack, strongestLock } from './print-migration.ts'
import { type Paint, toVisible } from './visible.ts'

/** What a question needs besides the change set. */
export interface Asking extends Terminal {
  readonly changes: StudioClient['changes']
  readonly values: CommandInput['values']
  readonly paint: Paint
}

/** What a question asks for; `Do` is for all steps of a plan. */
export type Verb = 'Approve' | 'Apply' | 'Run' | 'Take back' | 'Roll back' | 'Do'

/**
 * Shows what will be done and asks, unless `--yes` answers already. Resolves to what was shown, with the digest of `--digest` if
 * there is one, or to null for every answer but yes.
 */
export async function confirm(work: Asking, id: string, verb: Verb): Promise<ChangeInfo | null> {
  const { changes, values, paint, print, ask } = work
  if (!values['yes'] && (!ask || values['json'])) {
    throw usageError('Without a terminal, and with --json, this needs --yes')
  }
  const digest = textOf(values['digest'])
  if (digest !== undefined && !/^[0-9a-f]{64}$/.test(digest)) {
    throw usageError('--digest must be 64 hex digits')
  }
  const change = await changes.get(id)
  if (verb === 'Do' && !change.plan) {
    throw commandFailure(
      `${toVisible(change.id)} is no plan; apply it with: fetch-studio change apply <id>`,
    )
  }
  const shown = { ...change, digest: digest ?? change.digest }
  if (!values['json']) {
    print(printHead(change, paint))
    if (values['down']) print(printWayBack(change, paint))
  }
  if (values['yes'] || !ask) return shown
  const subject = verb === 'Do' ? describePlan(change, paint) : describeSubject(change, verb, paint)
  const answer = await ask(`\n${verb} ${subject}, digest ${shown.digest}? y/N `)
  if (/^y(es)?$/i.test(answer.trim())) return shown
  print('Nothing was done')
  return null
}

/** What a question is about. A migration is asked about with what it destroys and the strongest lock it takes. */
function describeSubject(change: ChangeInfo, verb: Verb, paint: Paint): string {
  const { files, migration, destructive } = change
  if (!migration || (verb !== 'Run' && verb !== 'Take back')) {
    return files.length === 1 ? 'this file' : `these ${files.length} files`
  }
  const what = migration.names.length === 1 ? 'this migration' : 'these migrations'
  if (verb === 'Take back') {
    return `${what} in the database, its locks are not known, what it destroyed does not come back`
  }
  const lock = strongestLock(migration)
  const locked = lock === null ? 'no lock on a table that exists' : `strongest lock ${lock}`
  const losses = destructive.length === 0 ? [] : [`takes away: ${destructive.join('; ')}`]
  return paint(null, [`${what} in the database`, locked, ...losses].join(', '))
}

/** All that a plan does together: its files, and its migration where it has a step for it. */
function describePlan({ files, plan, migration, destructive }: ChangeInfo, paint: Paint): string {
  const steps = plan?.steps ?? []
  const runs = steps.some(({ effects }) => effects === 'database') ? migration : null
  const lock = runs && strongestLock(runs)
  const parts = [
    steps.length === 1 ? 'the step of this plan' : `the ${steps.length} steps of this plan`,
    files.length === 1 ? '1 file' : `${files.length} files`,
    ...(runs ? ['a migration of the database'] : []),
    ...(lock === null ? [] : [`strongest lock ${lock}`]),
    ...(destructive.length === 0 ? [] : [`takes away: ${destructive.join('; ')}`]),
  ]
  return paint(null, parts.join(', '))
}
