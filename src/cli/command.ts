import type { ParseArgsConfig } from 'node:util'
import { redactText, toPublicError } from '../lib/redact.ts'

/** The parts of the process that a command may use. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Writes one line of the result. */
  print(line: string): void
  /** True if the output shows colors. */
  readonly hasColors?: boolean
  /** Asks the person at the terminal; resolves to an empty text when the input ends. Absent where there is nobody. */
  ask?(question: string): Promise<string>
}

/** The arguments after the command's name. */
export interface CommandInput {
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly operands: readonly string[]
}

/** A command of the program. The help and the parser read the same list of commands. */
export interface Command {
  readonly name: string
  /** The command line after the program's name, for the help. */
  readonly usage: string
  /** One line for the list of commands. */
  readonly summary: string
  /** Lines of the help about options and environment variables. */
  readonly notes: readonly string[]
  readonly options: NonNullable<ParseArgsConfig['options']>
  readonly operands: readonly [min: number, max: number]
  /** The exit code when the command fails for a reason other than its usage. @default 1 */
  readonly failureCode?: number
  /** Resolves to the exit code, or to nothing for 0. Rejects if the command fails. */
  run(input: CommandInput, terminal: Terminal): Promise<number | void>
}

/** Returns an error that makes the program show the command's usage and exit with 2. */
export function usageError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_PARSE_ARGS_USAGE' })
}

/** Returns true for errors of `usageError` and for those of `parseArgs`. */
export function isUsageError(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  )
}

/** Returns the value of a text option; undefined if it is missing. */
export function textOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A failure with a message that is made for the person at the terminal, and holds no secret. */
export interface CommandFailure extends Error {
  readonly isForTerminal: true
  /** The exit code, if it is not that of the command. */
  readonly exitCode?: number
}

/** Returns an error whose message is printed as it is. It may name the paths and addresses that the user gave. */
export function commandFailure(message: string, cause?: unknown): CommandFailure {
  return Object.assign(new Error(message, { cause }), { isForTerminal: true as const })
}

/** Returns true for errors of `commandFailure`. */
export function isCommandFailure(error: unknown): error is CommandFailure {
  return error instanceof Error && 'isForTerminal' in error
}

/** Returns what a foreign error says, with the reason behind it, and without secrets. */
export function explainCause(error: unknown): string {
  const { message } = toPublicError(error)
  const cause = error instanceof Error ? error.cause : undefined
  if (!(cause instanceof Error) || /\([A-Z_]+\)$/.test(message)) return message
  return `${message} (${toPublicError(cause).message})`
}

/** Returns an argument as a message can show it: without the password and the parameters of an address. */
export function showArgument(text: string): string {
  const [, scheme, host] = /^([a-z][a-z\d+.-]*:\/\/)(?:[^/?#]*@)?([^?#]*)/i.exec(text) ?? []
  return scheme === undefined ? text.slice(0, 200) : redactHost(scheme, host ?? '')
}

function redactHost(scheme: string, host: string): string {
  // a connection string without a user and parameters holds no secret
  return `${scheme}${redactText(host)}`.slice(0, 200)
}
