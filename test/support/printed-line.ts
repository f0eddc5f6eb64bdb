import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** Resolves to the first match in a line that a process prints. The error contains everything that was printed instead. */
export async function printedMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  const printed: string[] = []
  return new Promise((resolve, reject) => {
    for (const input of [child.stdout, child.stderr]) {
      if (!input) continue
      createInterface({ input }).on('line', (line) => {
        printed.push(line)
        const [match] = pattern.exec(line) ?? []
        if (match !== undefined) resolve(match)
      })
    }
    const fail = () => reject(new Error(`Nothing matches ${pattern}:\n${printed.join('\n')}`))
    setTimeout(fail, 30_000).unref()
    child.once('close', fail)
    child.once('error', reject)
  })
}
