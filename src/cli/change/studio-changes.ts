import { conflictOf, type StudioClient, StudioClientError } from '../../client.ts'
import { isRecord } from '../../lib/json.ts'
import {
  type CommandInput,
  commandFailure,
  isCommandFailure,
  type Terminal,
  textOf,
  usageError,
} from '../command.ts'
import { openTarget } from '../target.ts'
import { clientOfTarget } from '../target-client.ts'
import { toOneLine } from './lines.ts'
import { toVisible } from './visible.ts'

/** The exit codes of `fetch-studio change` and `plan`. */
export const exitCodes = { done: 0, failed: 1, refused: 3, declined: 4 } as const

/** Opens the Studio that `--studio` names, and passes a client of it to `use`. */
export async function withClient(
  { values }: CommandInput,
  terminal: Terminal,
  use: (client: StudioClient) => Promise<number>,
): Promise<number> {
  const address = textOf(values['studio']) ?? terminal.env['STUDIO_URL']
  if (!address) throw usageError('Missing Studio: pass --studio or set STUDIO_URL')
  if (/^postgres(ql)?:/i.test(address)) {
    throw usageError('--studio needs the URL of a Studio or a module, not a database')
  }
  const target = await openTarget({ values: {}, operands: [address] }, terminal)
  try {
    return await use(clientOfTarget(target))
  } catch (error) {
    throw explainFailure(error)
  } finally {
    await target.close()
  }
}

/** What to do about each reason of a 409, and about a migration that failed. */
const advice: Readonly<Record<string, string>> = {
  failed: 'When the reason is gone, the same command does what is left to do.',
  approval_required: 'Show it, and approve it: fetch-studio change approve <id>',
  changed_since_preview: 'Preview the change again; this one fits the project no more.',
  digest_mismatch: 'Show it again: what you name is not what it holds.',
  busy: 'Wait until the other change set is written, then repeat the command.',
  expired: 'Preview the change again.',
  pending: 'Approve it where that is needed, and apply it: fetch-studio change apply <id>',
  approved: 'Apply it: fetch-studio change apply <id>',
  applying: 'Wait until its files are written, then repeat the command.',
  migrating: 'Wait until its migration ends; `change show <id>` says how it ended.',
  proof_required:
    'Look at what is not proved: fetch-studio change show <id>; then preview the change again.',
  migrations_pending: 'Run the waiting migrations of the app first, then preview the change again.',
  migrations_conflict: 'Join the branches of the migrations first.',
  migration_applied: 'Take the migration back first: fetch-studio change migrate <id> --down',
  tool_unsupported: 'Run the migration with the command of its tool.',
  irreversible: 'Preview a change that undoes it, or restore a backup.',
  not_migrated: 'Look at it: fetch-studio change show <id>',
  no_repository: 'Make a git repository with a commit, or turn `commit` of the workspace off.',
  not_committed: 'Commit the changes of these files, then preview the change again.',
  branch_taken: 'Rename or delete the branch that is in the way, then repeat the command.',
  migrated: 'Take it back with: fetch-studio change migrate <id> --down',
}

/** Makes an error of the client one for the person at the terminal. */
function explainFailure(error: unknown): unknown {
  if (!(error instanceof StudioClientError)) return error
  if (isCommandFailure(error.cause)) return error.cause
  const conflict = conflictOf(error)
  const next = hasFailed(error) ? advice['failed'] : conflict && advice[conflict.reason]
  const request = error.requestId === null ? '' : ` (request ${error.requestId})`
  const said = error.status === 404 ? explainMissing(error) : error.message
  const faults = listFaults(error).map((fault) => `\n  ! ${toOneLine(fault)}`)
  const message = toVisible(`${said}${request}${faults.join('')}${next ? `\n${next}` : ''}`)
  const exitCode = error.status === 409 ? exitCodes.refused : exitCodes.failed
  return Object.assign(commandFailure(message, error), { exitCode })
}

/** Lists what is wrong with the steps of a plan. */
function listFaults({ details }: StudioClientError): string[] {
  const errors = isRecord(details) ? details['validation_errors'] : undefined
  return Array.isArray(errors) ? errors.map(String) : []
}

/** Did a migration fail in the database? */
function hasFailed({ details }: StudioClientError): boolean {
  return isRecord(details) && details['reason'] === 'migration_failed'
}

function explainMissing({ message }: StudioClientError): string {
  return /change set/i.test(message)
    ? message
    : `${message}: this Studio may not serve change sets (\`allow\` and \`workspace\`), run migrations (\`apply_migrations\` and \`migrator\`), or take plans (\`ai_planner\`)`
}
