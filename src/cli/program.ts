import { parseArgs } from 'node:util'
import { StudioError } from '../errors.ts'
import { redactText, toPublicError } from '../lib/redact.ts'
import { library } from '../library.ts'
import { check } from './check.ts'
import { type Command, isUsageError, type Terminal, usageError } from './command.ts'
import { dev } from './dev.ts'
import { erd } from './erd.ts'
import { handshake } from './handshake.ts'
import { migrate } from './migrate.ts'
import { types } from './types.ts'
import { work } from './work.ts'

const commands: readonly Command[] = [handshake, check, types, erd, dev, migrate, work]

/** A terminal, with the place where complaints go. */
export interface ProgramTerminal extends Terminal {
  /** Writes a line about what went wrong. */
  complain(line: string): void
}

/**
 * Runs the program with what the user typed after its name.
 *
 * @returns The exit code: 0 when done, 1 when the command failed, 2 when it was typed wrongly; `check` has one more.
 */
export async function runProgram(
  args: readonly string[],
  terminal: ProgramTerminal,
): Promise<number> {
  const [name = '', ...rest] = args
  const command = commands.find((one) => one.name === name)
  try {
    if (name === '--help' || name === '-h') terminal.print(programHelp())
    else if (name === '--version') terminal.print(library.version)
    else if (!command) throw usageError(name ? `Unknown command: ${name}` : 'A command is needed')
    else return await runCommand(command, rest, terminal)
    return 0
  } catch (error) {
    terminal.complain(`${library.name}: ${explain(error)}`)
    if (!isUsageError(error)) return 1
    terminal.complain(command ? commandHelp(command) : programHelp())
    return 2
  }
}

async function runCommand(
  command: Command,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const options = { ...command.options, help: { type: 'boolean', short: 'h' } } as const
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  if (values.help) {
    terminal.print(commandHelp(command))
    return 0
  }
  const [fewest, most] = command.operands
  if (positionals.length < fewest || positionals.length > most) {
    const range = fewest === most ? `${most}` : `${fewest} to ${most}`
    throw usageError(`${command.name} takes ${range} operand(s)`)
  }
  const given = values as Record<string, string | boolean | undefined>
  return (await command.run({ values: given, operands: positionals }, terminal)) ?? 0
}

function programHelp(): string {
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`)
  return [
    `Usage: ${library.name} <command> [options]`,
    '',
    ...list,
    '',
    `${library.name} <command> --help tells more; --version prints the version.`,
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

/** The message, and for a database that is away the driver's code; connection strings never show. */
function explain(error: unknown): string {
  if (isUsageError(error)) return redactText(error.message)
  const { message } = toPublicError(error)
  const cause = error instanceof StudioError ? error.cause : undefined
  return cause === undefined ? message : `${message}: ${toPublicError(cause).message}`
}
