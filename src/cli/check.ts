import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { severities, type Severity } from '../project/schema-health-options.ts'
import { toBaseline } from '../health/suppress.ts'
import { type Command, type CommandInput, type Terminal, usageError } from './command.ts'
import { type Target, targetNotes, targetOptions, withTarget } from './target.ts'

const healthSchema = z.object({
  status: z.string(),
  issues: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      severity: z.enum(severities),
      rule: z.string(),
      message: z.string(),
      hint: z.string().nullable(),
      fix_sql: z.string().nullable(),
    }),
  ),
  suppressed_count: z.number(),
  withheld_count: z.number(),
})

const summarySchema = z.object({
  total_migrations: z.number(),
  pending_migrations: z.number(),
  conflicts: z.array(z.object({ app_label: z.string(), message: z.string() })),
})

const migrationsSchema = z.object({
  migrations: z.array(
    z.object({
      app_label: z.string(),
      name: z.string(),
      state: z.string(),
      message: z.string().nullable(),
    }),
  ),
})

const baselineSchema = z.object({ version: z.literal(1), issues: z.array(z.string()) })

/** What `check` found, as `--json` prints it. */
interface Report {
  readonly ok: boolean
  /** False when the database or a source could not be read: nothing is known to be fine then. */
  readonly complete: boolean
  readonly fail_on: Severity
  readonly issues: readonly z.infer<typeof healthSchema>['issues'][number][]
  readonly suppressed: number
  readonly withheld: number
  readonly migrations: {
    readonly total: number
    readonly pending: readonly string[]
    readonly conflicts: readonly string[]
  }
}

const failed = 1
const unchecked = 3

/** `fetch-studio check`: schema health, drift and migrations, for CI. */
export const check: Command = {
  name: 'check',
  usage: 'check [<target>] [--fail-on <severity>] [--allow-pending] [--baseline <file>] [--json]',
  summary: 'Checks schema health, drift and migrations; for CI',
  notes: [
    ...targetNotes,
    '--fail-on         info, warning or danger: from which severity on it fails; danger unless given',
    '--allow-pending   migrations that wait to be applied are no failure',
    '--baseline        a JSON file of issues that are known; they do not count',
    '--write-baseline  writes all issues there are to that file instead, and succeeds',
    '--json            prints the report as JSON',
    'Exit codes: 0 all is well, 1 it is not, 2 typed wrongly, 3 it could not be found out',
  ],
  options: {
    ...targetOptions,
    'fail-on': { type: 'string' },
    'allow-pending': { type: 'boolean' },
    baseline: { type: 'string' },
    'write-baseline': { type: 'string' },
    json: { type: 'boolean' },
  },
  operands: [0, 1],
  async run(input, terminal) {
    const failOn = toLevel(input.values['fail-on'] ?? 'danger')
    const known = await readBaseline(input.values['baseline'])
    return withTarget(input, terminal, async (target) => {
      const found = await inspect(target)
      const path = input.values['write-baseline']
      if (typeof path === 'string') return writeBaseline(path, found, terminal)
      const report = toReport(found, { failOn, known, input })
      terminal.print(input.values['json'] ? JSON.stringify(report, null, 2) : toText(report))
      return report.complete ? (report.ok ? 0 : failed) : unchecked
    })
  },
}

function toLevel(value: string | boolean): Severity {
  const level = severities.find((one) => one === value)
  if (!level) throw usageError(`--fail-on takes ${severities.join(', ')}`)
  return level
}

async function readBaseline(path: string | boolean | undefined): Promise<ReadonlySet<string>> {
  if (typeof path !== 'string') return new Set()
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) throw new Error(`The baseline ${path} could not be read`)
  const { success, data } = baselineSchema.safeParse(toJson(text))
  if (!success) throw new Error(`The baseline ${path} is none: --write-baseline makes one`)
  return new Set(data.issues)
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function inspect(target: Target) {
  const health = healthSchema.parse(await target.ask('/ai/schema/health'))
  const summary = summarySchema.parse(await target.ask('/studio/migrations/summary'))
  const list = migrationsSchema.parse(await target.ask('/studio/migrations'))
  return { health, summary, migrations: list.migrations }
}

type Found = Awaited<ReturnType<typeof inspect>>

async function writeBaseline(
  path: string,
  { health }: Found,
  { print }: Terminal,
): Promise<number> {
  const system = health.issues.find(({ kind }) => kind === 'system')
  if (system) throw new Error(`Nothing was written: ${system.message}`)
  const baseline = toBaseline(health.issues)
  await writeFile(path, `${JSON.stringify(baseline, null, 2)}\n`)
  print(`${baseline.issues.length} issues are in ${path}`)
  return 0
}

const waiting = new Set(['pending', 'out_of_order', 'rolled_back'])

function toReport(
  { health, summary, migrations }: Found,
  options: { failOn: Severity; known: ReadonlySet<string>; input: CommandInput },
): Report {
  const { failOn, known, input } = options
  const issues = health.issues.filter(({ id }) => !known.has(id))
  const pending = migrations.filter(({ state }) => waiting.has(state))
  const conflicts = summary.conflicts.map(({ message }) => message)
  const isBad = ({ severity }: { severity: Severity }) =>
    severities.indexOf(severity) >= severities.indexOf(failOn)
  const isUnknown =
    health.issues.some(({ id }) => id.startsWith('system.')) ||
    migrations.some(({ state }) => state === 'unknown')
  const ok =
    !isUnknown &&
    !issues.some(isBad) &&
    conflicts.length === 0 &&
    (pending.length === 0 || input.values['allow-pending'] === true)
  return {
    ok,
    complete: !isUnknown,
    fail_on: failOn,
    issues,
    suppressed: health.suppressed_count + health.issues.length - issues.length,
    withheld: health.withheld_count,
    migrations: {
      total: summary.total_migrations,
      pending: pending.map(({ app_label, name }) => `${app_label}.${name}`),
      conflicts,
    },
  }
}

function toText({ issues, migrations, suppressed, ok, complete }: Report): string {
  const worst = issues.toSorted(
    (a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity),
  )
  const lines = worst.flatMap(({ severity, kind, message, rule, hint, fix_sql }) => [
    `${severity.padEnd(8)} ${message} (${rule})`,
    ...(hint && kind !== 'lint' ? [`         ${hint}`] : []),
    ...(fix_sql ? fix_sql.split('\n').map((line) => `         ${line}`) : []),
  ])
  return [
    ...lines,
    ...migrations.conflicts.map((message) => `conflict ${message}`),
    ...migrations.pending.map((name) => `pending  ${name}`),
    `${issues.length} issues, ${suppressed} suppressed; ${migrations.pending.length} of ${migrations.total} migrations pending`,
    complete
      ? ok
        ? 'All is well'
        : 'Not all is well'
      : 'It could not be found out whether all is well',
  ].join('\n')
}
