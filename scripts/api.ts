// Compares the committed API reports with the code: npm run api. `npm run api -- --write` updates them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readDeclarations } from './api/declarations.ts'
import { findForgottenExports, findUndocumentedNames, readApi, renderReport, reportPath } from './api/report.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const isWriting = process.argv.includes('--write')
const api = readApi(readDeclarations(root))
const problems = [
  ...findForgottenExports(api).map((line) => `forgotten export: ${line}`),
  ...findUndocumentedNames(api).map((line) => `no docblock: ${line}`),
]

for (const [entry, names] of api) {
  const path = reportPath(entry)
  const report = renderReport(entry, names)
  const committed = read(join(root, path))
  if (report === committed) continue
  if (isWriting) {
    mkdirSync(join(root, 'api'), { recursive: true })
    writeFileSync(join(root, path), report)
    console.log(`${path} written`)
  } else {
    problems.push(`${path} differs:`, ...difference(committed, report))
  }
}
console.log(problems.length > 0 ? problems.join('\n') : 'API reports: equal')
if (problems.length > 0) process.exitCode = 1

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** The lines of which one text has more than the other. */
function difference(before: string, after: string): string[] {
  const [old, current] = [before.split('\n'), after.split('\n')]
  return [
    ...old.filter((line) => !current.includes(line)).map((line) => `- ${line}`),
    ...current.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ]
}
