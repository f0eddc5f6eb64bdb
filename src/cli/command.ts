import type { ParseArgsConfig } from 'node:util'

/** The parts of the process that a command may use. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Writes one line of the result. */
  print(line: string): void
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
