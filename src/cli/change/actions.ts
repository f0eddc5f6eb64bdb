import type { ChangeInfo, ChangeSummaryInfo } from '../../client.ts'
import { type Command, textOf, usageError } from '../command.ts'
import { type Asking, confirm, type Verb } from './confirm.ts'
import { printChange, printDiff, printHistory, printList } from './print-change.ts'
import { describeRun } from './print-migration.ts'
import { exitCodes, withClient } from './studio-changes.ts'
import { createPaint, type Paint, toSafeJson } from './visible.ts'

/** What an action of the command needs. */
interface Work extends Asking {
  /** Prints an answer as JSON with `--json`, else as text. */
  show(answer: unknown, toText: () => string): void
}

/** `fetch-studio change`: lists, shows, decides on and applies change sets of a running Studio. */
export const changeCommand: Command = {
  name: 'change',
  usage: 'change <action> [<id>] [--studio <url>] [--yes] [--json]',
  summary: 'Lists, shows, approves, applies, migrates and rolls back changes of files',
  notes: [
    'list           the change sets, the latest first; --status <status>, --limit <1-100>, --cursor <cursor>',
    'show <id>      what it takes away, its warnings, who asked and why, its migration, its diff and its history',
    'diff <id>      its unified diff alone',
    'approve <id>   approves what it holds; --reason <text>',
    'reject <id>    rejects it for good; --reason <text>',
    'apply <id>     writes its files, all of them or none',
    'migrate <id>   runs the migration of an applied change set in the database; --down takes it back',
    'rollback <id>  restores the files as they were before, all of them or none',
    '',
    '--studio   the URL of a running Studio, or a module that exports one with shared stores',
    '           (default: STUDIO_URL)',
    '--digest   approve, apply and migrate only the content with this digest',
    '--yes      does not ask; needed where the input or the output is no terminal',
    '--json     prints the answer of the Studio as JSON',
    'STUDIO_TOKEN from the environment is sent as a bearer token; NO_COLOR turns colors off',
    'Characters that a terminal obeys or hides are printed as their names; --json has them as escapes',
    'Exit codes: 0 done, 1 failed, 2 usage error, 3 refused by the state of the change set, 4 answered with no',
  ],
  options: {
    studio: { type: 'string' },
    status: { type: 'string' },
    limit: { type: 'string' },
    cursor: { type: 'string' },
    reason: { type: 'string' },
    down: { type: 'boolean' },
    digest: { type: 'string' },
    yes: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  operands: [1, 2],
  async run(input, terminal) {
    const [name = '', id] = input.operands
    const action = Object.hasOwn(actions, name) ? actions[name as keyof typeof actions] : undefined
    const isList = name === 'list'
    if (!action && !isList) throw usageError(`change has no action ${JSON.stringify(name)}`)
    if (isList && id !== undefined) throw usageError('change list takes no id')
    if (!isList && !id) throw usageError(`change ${name} needs <id>`)
    if (input.values['down'] && name !== 'migrate') throw usageError('--down goes with migrate')
    const paint = createPaint(terminal.hasColors === true)
    const { values } = input
    const show = (answer: unknown, toText: () => string) =>
      terminal.print(values['json'] ? toSafeJson(answer) : toText())
    return withClient(input, terminal, ({ changes }) => {
      const work: Work = { ...terminal, changes, values, paint, show }
      return action && id ? action(work, id) : listAll(work)
    })
  },
}

const actions = {
  async show({ changes, show, paint }: Work, id: string) {
    const change = await changes.get(id)
    show(change, () => `${printChange(change, paint)}\n\n${printHistory(change, paint)}`)
    return exitCodes.done
  },
  async diff({ changes, show, paint }: Work, id: string) {
    const change = await changes.get(id)
    const diffs = change.files.map(({ path, diff }) => ({ path, diff }))
    show(diffs, () => printDiff(change, paint))
    return exitCodes.done
  },
  approve: (work: Work, id: string) =>
    confirmed(work, id, 'Approve', async (shown) => {
      const verdict = { approved: true, reason: textOf(work.values['reason']) }
      return work.changes.decide(shown, verdict)
    }),
  async reject({ changes, values, show, paint }: Work, id: string) {
    const shown = await changes.get(id)
    const reason = textOf(values['reason'])
    const change = await changes.decide(shown, { approved: false, reason })
    show(change, () => toOutcome(change, paint))
    return exitCodes.done
  },
  apply: (work: Work, id: string) =>
    confirmed(work, id, 'Apply', (shown) => work.changes.apply(shown)),
  migrate: (work: Work, id: string) => {
    const isDown = work.values['down'] === true
    const direction = isDown ? 'down' : 'up'
    return confirmed(work, id, isDown ? 'Take back' : 'Run', (shown) =>
      work.changes.migrate(shown, { direction }),
    )
  },
  rollback: (work: Work, id: string) =>
    confirmed(work, id, 'Roll back', async () => work.changes.rollBack(id)),
} as const

async function listAll({ changes, values, show, paint }: Work): Promise<number> {
  const limit = textOf(values['limit']) ?? '50'
  if (!/^([1-9]\d?|100)$/.test(limit)) throw usageError('--limit must be from 1 to 100')
  const status = textOf(values['status']) as ChangeInfo['status'] | undefined // the Studio checks it
  const cursor = textOf(values['cursor'])
  const { items, nextCursor } = await changes
    .list({ limit: Number(limit), ...(status ? { status } : {}), ...(cursor ? { cursor } : {}) })
    .page()
  show({ changes: items, next_cursor: nextCursor }, () => {
    const more = nextCursor === null ? '' : `\nMore: --cursor ${paint(null, nextCursor)}`
    return printList(items, paint) + more
  })
  return exitCodes.done
}

/** Does it to exactly what was shown, once it is confirmed. */
async function confirmed(
  work: Work,
  id: string,
  verb: Verb,
  act: (shown: ChangeInfo) => Promise<ChangeSummaryInfo>,
): Promise<number> {
  const shown = await confirm(work, id, verb)
  if (shown === null) return exitCodes.declined
  const after = await act(shown)
  work.show(after, () => `\n${toOutcome(after, work.paint)}`)
  return after.migration?.run?.status === 'drifted' ? exitCodes.failed : exitCodes.done
}

function toOutcome(change: ChangeSummaryInfo, paint: Paint): string {
  const { id, status, digest, migration } = change
  const said = `${id} is ${status.replace('_', ' ')}, digest ${digest}`
  return migration?.run ? [said, ...describeRun(migration, paint)].join('\n') : said
}
