import { parseArgs } from 'node:util'
import { StudioError } from '../errors.ts'
import { toPublicError } from '../lib/redact.ts'
import { library } from '../library.ts'
import { acp } from './acp/serve-acp.ts'
import { changeCommand } from './change/actions.ts'
import { planCommand } from './change/plan-command.ts'
import { check } from './check.ts'
import {
  type Command,
  type CommandInput,
  isUsageError,
  type Terminal,
  usageError,
  isCommandFailure,
  showArgument,
} from './command.ts'
import { dev } from './dev.ts'
import { erd } from './generate/erd.ts'
import { handshake } from './handshake.ts'
import { mcp } from './mcp/serve-mcp.ts'
import { migrate } from './migrate.ts'
import { openapi } from './generate/openapi.ts'
import { types } from './generate/types.ts'
import { work } from './work.ts'

const commands: readonly Command[] = [
  handshake,
  check,
  types,
  erd,
  openapi,
  dev,
  mcp,
  acp,
  migrate,
  work,
  changeCommand,
  planCommand,
]

/**
 * A terminal with an error output.
 *
 * @see docs/decisions/052-commands-without-a-framework.md
 */
export interface ProgramTerminal extends Terminal {
  /** Writes one line to the error output. */
  printError(line: string): void
}

/**
 * Runs the program with the arguments after its name.
 *
 * @returns The exit code: 0 success, 1 failure, 2 usage error; `check`, `change` and `plan` have further ones.
 */
export async function runProgram(
  args: readonly string[],
  terminal: ProgramTerminal,
): Promise<number> {
  const [name = '', ...rest] = args
  const command = commands.find((candidate) => candidate.name === name)
  try {
    if (name === '--help' || name === '-h') terminal.print(programHelp())
    else if (name === '--version') terminal.print(library.version)
    else if (!command) throw usageError(name ? `Unknown command: ${name}` : 'Missing command')
    else return await runCommand(command, rest, terminal)
    return 0
  } catch (error) {
    terminal.printError(`${library.name}: ${explain(error)}`)
    if (isCommandFailure(error) && error.exitCode !== undefined) return error.exitCode
    if (!isUsageError(error)) return command?.failureCode ?? 1
    terminal.printError(command ? commandHelp(command) : programHelp())
    return 2
  }
}

async function runCommand(
  command: Command,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { ...command.options, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  })
  if (values.help) {
    terminal.print(commandHelp(command))
    return 0
  }
  checkOperands(command, positionals)
  const options = values as CommandInput['values'] // no option of a command has `multiple`
  return (await command.run({ values: options, operands: positionals }, terminal)) ?? 0
}

function checkOperands({ name, usage, operands: [min, max] }: Command, given: readonly string[]) {
  const [missing] = usage.split(' ').slice(given.length + 1)
  if (given.length < min) throw usageError(`${name} needs ${missing}`)
  const extra = given[max]
  if (extra === undefined) return
  const most = max === 0 ? 'no argument' : `only ${usage.split(' ')[1]}`
  throw usageError(`${name} takes ${most}, but there is also "${showArgument(extra)}"`)
}

function programHelp(): string {
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`)
  return [
    `Usage: ${library.name} <command> [options]`,
    '',
    ...list,
    '',
    `${library.name} <command> --help shows its options; --version prints the version.`,
  ].join('\n')
}

function commandHelp({ usage, summary, notes }: Command): string {
  return [
    `Usage: ${library.name} ${usage}`,
    '',
    summary,
    '',
    ...notes.map((note) => `  ${note}`),
  ].join('\n')
}

/** Returns the message, and for an unavailable database the driver's code, without connection strings. */
function explain(error: unknown): string {
  if (isUsageError(error) || isCommandFailure(error)) return error.message
  const { message } = toPublicError(error)
  const cause = error instanceof StudioError ? error.cause : undefined
  return cause === undefined ? message : `${message}: ${toPublicError(cause).message}`
}
