import { createInterface } from 'node:readline'

/** Asks on the terminal of the process. The end of the input and Ctrl-C answer with an empty text. */
export function askOnTerminal(question: string): Promise<string> {
  const { stdin: input, stdout: output } = process
  const lines = createInterface({ input, output })
  return new Promise((resolve) => {
    lines.on('close', () => resolve(''))
    lines.question(question, (answer) => {
      resolve(answer)
      lines.close()
    })
  })
}
