import { type ProgramTerminal, runProgram } from '../../src/cli/program.ts'

/** Runs the command line program in this process; resolves to its exit code and output. */
export async function runCli(
  args: string[],
  env: Record<string, string> = {},
  terminal: Pick<ProgramTerminal, 'ask' | 'hasColors'> = {},
) {
  const printed: string[] = []
  const errors: string[] = []
  const code = await runProgram(args, {
    ...terminal,
    env,
    print: (line) => printed.push(line),
    printError: (line) => errors.push(line),
  })
  return { code, printed: printed.join('\n'), errors: errors.join('\n') }
}
