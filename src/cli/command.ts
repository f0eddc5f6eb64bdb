import type { ParseArgsConfig } from 'node:util'

/** What a command may use of the process that runs it. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Writes a line of the command's result. */
  print(line: string): void
}

/** What the user typed after the command's name. */
export interface CommandInput {
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly operands: readonly string[]
}

/** One command of the program, as a value: the help and the parser read the same list. */
export interface Command {
  readonly name: string
  /** What comes after the program's name, for people. */
  readonly usage: string
  /** One line for the list of commands. */
  readonly summary: string
  /** Lines that explain the options and what is read from the environment. */
  readonly notes: readonly string[]
  readonly options: NonNullable<ParseArgsConfig['options']>
  /** The fewest and the most operands it takes. */
  readonly operands: readonly [fewest: number, most: number]
  /** Resolves when the command is done, to its exit code where that is not 0; rejects with what failed. */
  run(input: CommandInput, terminal: Terminal): Promise<number | void>
}

/** Makes the error of a command that was typed wrongly; the program then shows how it is used. */
export function usageError(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_PARSE_ARGS_USAGE' })
}

/** Was the command typed wrongly, by our own rules or those of `parseArgs`? */
export function isUsageError(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  )
}
