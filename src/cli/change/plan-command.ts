import { readFile } from 'node:fs/promises'
import type { PlanBody, StudioClient } from '../../client.ts'
import {
  type Command,
  type CommandInput,
  commandFailure,
  showArgument,
  type Terminal,
  textOf,
  usageError,
} from '../command.ts'
import { confirm } from './confirm.ts'
import { printHead } from './print-change.ts'
import { printOutcome } from './print-plan.ts'
import { exitCodes, withClient } from './studio-changes.ts'
import { createPaint, type Paint, toSafeJson } from './visible.ts'

/** What an action needs besides the client. */
interface PlanWork extends Terminal {
  readonly client: StudioClient
  readonly values: CommandInput['values']
  readonly paint: Paint
}

/** `fetch-studio plan`: previews plans on a running Studio, and applies what was previewed. */
export const planCommand: Command = {
  name: 'plan',
  usage: 'plan <action> [<id> | <intent…>] [--file <path>] [--studio <url>] [--yes] [--json]',
  summary: 'Previews and applies plans: files, a migration and checks together',
  notes: [
    'preview <intent…>       asks the planner of the Studio for a plan, and shows what it would do',
    'preview --file <path>   shows what the plan in a JSON file would do',
    'apply <id>              writes its files, runs its migration, then its checks; again after a failure, it goes on',
    '',
    '--studio   the URL of a running Studio, or a module that exports one with shared stores',
    '           (default: STUDIO_URL)',
    '--digest   applies only the content with this digest',
    '--yes      does not ask; needed where the input or the output is no terminal',
    '--json     prints the answer of the Studio as JSON',
    'A plan is a change set: `change show`, `approve`, `reject` and `rollback` take its id',
    'STUDIO_TOKEN from the environment is sent as a bearer token; NO_COLOR turns colors off',
    'Characters that a terminal obeys or hides are printed as their names; --json has them as escapes',
    'Exit codes: 0 done, 1 failed, 2 usage error, 3 refused by the state of the plan, 4 answered with no',
  ],
  options: {
    studio: { type: 'string' },
    file: { type: 'string' },
    digest: { type: 'string' },
    yes: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  operands: [1, Infinity],
  async run(input, terminal) {
    const [name = '', ...words] = input.operands
    if (name !== 'preview' && name !== 'apply') {
      throw usageError(`plan has no action ${JSON.stringify(name)}`)
    }
    const paint = createPaint(terminal.hasColors === true)
    const act = name === 'preview' ? await toPreview(input, words) : toApply(input, words)
    return withClient(input, terminal, (client) =>
      act({ ...terminal, client, values: input.values, paint }),
    )
  },
}

type Act = (work: PlanWork) => Promise<number>

async function toPreview({ values }: CommandInput, words: readonly string[]): Promise<Act> {
  const file = textOf(values['file'])
  const intent = words.join(' ').trim()
  if ((file === undefined) === (intent === '')) {
    throw usageError('plan preview needs <intent…> or --file <path>')
  }
  if (values['yes'] || values['digest'] !== undefined) {
    throw usageError('--yes and --digest go with apply')
  }
  const body = file === undefined ? { intent } : await readPlan(file)
  return async ({ client, paint, print }) => {
    const result = await client.plans.preview(body)
    const shown = result.change_set ? `\n\n${printHead(result.change_set, paint)}` : ''
    print(values['json'] ? toSafeJson(result) : printOutcome(result, paint) + shown)
    return result.success ? exitCodes.done : exitCodes.failed
  }
}

function toApply({ values }: CommandInput, [id, more]: readonly string[]): Act {
  if (!id || more !== undefined) throw usageError('plan apply needs one <id>')
  if (values['file'] !== undefined) throw usageError('--file goes with preview')
  return async (work) => {
    const { client, paint, print } = work
    const shown = await confirm({ ...work, changes: client.changes }, id, 'Do')
    if (shown === null) return exitCodes.declined
    const result = await client.plans.apply({ plan_id: shown.id, digest: shown.digest })
    print(values['json'] ? toSafeJson(result) : `\n${printOutcome(result, paint)}`)
    return result.success ? exitCodes.done : exitCodes.failed
  }
}

/** Reads a plan; the Studio checks what is in it. */
async function readPlan(path: string): Promise<PlanBody> {
  const shown = showArgument(path)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw commandFailure(`Cannot read ${shown}`, error)
  })
  try {
    return JSON.parse(text) as PlanBody
  } catch (error) {
    throw commandFailure(`${shown} is no JSON`, error)
  }
}
