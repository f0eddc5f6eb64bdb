import { z } from 'zod'
import {
  lintPresets,
  type LintPreset,
  severities,
  type Severity,
} from '../project/schema-health-options.ts'
import { readBaseline, writeBaseline } from './baseline.ts'
import { type Command, textOf, usageError } from './command.ts'
import { readFindings } from './findings.ts'
import { formatReport, toReport } from './report.ts'
import { type Target, targetNotes, targetOptions, withTarget } from './target.ts'

const exitCodes = { passed: 0, failed: 1, incomplete: 3 }

/** `fetch-studio check`: schema health, drift and migrations, for CI. */
export const check: Command = {
  name: 'check',
  usage:
    'check [<target>] [--preset <preset>] [--fail-on <severity>] [--allow-pending] [--baseline <file>] [--json]',
  summary: 'Checks schema health, drift and migrations; for CI',
  notes: [
    ...targetNotes,
    '--preset          the rules to run: essential or all (default: that of the project, or essential)',
    '--fail-on         the mildest severity that fails: info, warning or danger (default: danger)',
    '--allow-pending   does not fail on pending migrations',
    '--baseline        a JSON file of known issues; they do not count',
    '--write-baseline  writes all current issues to that file and succeeds',
    '--json            prints the report as JSON',
    'Exit codes: 0 passed, 1 failed, 2 usage error, 3 could not check everything, or the target could not be read',
  ],
  options: {
    ...targetOptions,
    preset: { type: 'string' },
    'fail-on': { type: 'string' },
    'allow-pending': { type: 'boolean' },
    baseline: { type: 'string' },
    'write-baseline': { type: 'string' },
    json: { type: 'boolean' },
  },
  operands: [0, 1],
  failureCode: exitCodes.incomplete,
  async run(input, terminal) {
    const { values } = input
    const failOn = parseSeverity(textOf(values['fail-on']) ?? 'danger')
    const preset = parsePreset(textOf(values['preset']))
    const baseline = await readBaseline(textOf(values['baseline']))
    return withTarget(input, terminal, async (target) => {
      const findings = await readFindings(target, preset)
      const path = textOf(values['write-baseline'])
      if (path !== undefined) {
        terminal.print(`Wrote ${await writeBaseline(path, findings)} issues to ${path}`)
        return exitCodes.passed
      }
      const allowPending = values['allow-pending'] === true
      const report = toReport(findings, { failOn, baseline, allowPending })
      terminal.print(values['json'] ? JSON.stringify(report, null, 2) : formatReport(report))
      if (!report.complete) {
        const reason = await readDatabaseError(target)
        if (reason !== null && !values['json']) terminal.print(`The database: ${reason}`)
        return exitCodes.incomplete
      }
      return report.ok ? exitCodes.passed : exitCodes.failed
    })
  },
}

/** Returns why the database does not answer; null if it does, or if there is none. */
async function readDatabaseError(target: Target): Promise<string | null> {
  const { success, data } = databaseSchema.safeParse(await target.read('/studio/handshake'))
  return success ? data.database.last_error : null
}

const databaseSchema = z.object({ database: z.object({ last_error: z.string().nullable() }) })

function parseSeverity(text: string): Severity {
  const severity = severities.find((name) => name === text)
  if (!severity) throw usageError(`--fail-on must be one of ${severities.join(', ')}`)
  return severity
}

function parsePreset(text: string | undefined): LintPreset | undefined {
  const preset = lintPresets.find((name) => name === text)
  if (text !== undefined && !preset) {
    throw usageError(`--preset must be one of ${lintPresets.join(', ')}`)
  }
  return preset
}
