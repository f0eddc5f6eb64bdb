// Changes answers at random and expects the tests to notice: npm run mutate:answers -- [--places 50] [--seed 1]. First the tests
// run once to learn which keys they see. Then each change runs in the test files that saw the changed key, the fastest first,
// until one fails. The change is made to the answer in the memory of the test: no file of the repository is written.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createRandom } from '../test/campaigns/random.ts'
import type { AnswerMutation } from '../test/support/answer-mutation.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: {
    places: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    /** The keys of an earlier run, or where to keep those of this one. */
    seen: { type: 'string' },
  },
})
const places = Number(values.places)
const seed = Number(values.seed)
const folder = mkdtempSync(join(tmpdir(), 'mutate-answers-'))
const folders = ['test/agents/http', 'test/introspection', 'test/openapi']

interface TestRun {
  readonly failed: readonly string[]
  readonly output: string
}

/** What Vitest's reporter `json` writes of each file. */
interface FileResult {
  readonly name: string
  readonly status: string
}

function runTests(files: readonly string[], env: Record<string, string>): TestRun {
  const report = join(folder, 'report.json')
  rmSync(report, { force: true })
  const args = ['run', '--reporter', 'dot', '--reporter', 'json', '--outputFile.json', report]
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), ...args, ...files],
    { cwd: root, env: { ...process.env, NO_COLOR: '1', ...env }, encoding: 'utf8' },
  )
  const output = `${stdout}${stderr}`
  const results = readReport(report)
  if (results.length === 0) throw new Error(`The tests did not run:\n${output.slice(-2_000)}`)
  const failed = results.filter(({ status }) => status !== 'passed').map(({ name }) => name)
  return { failed, output }
}

function readReport(path: string): readonly FileResult[] {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { testResults: FileResult[] }).testResults
  } catch {
    return []
  }
}

/** Runs all tests and writes which keys they see. A file that fails runs again alone, because the machine may be busy. */
function learn(path: string): void {
  const { failed } = runTests(folders, { SEEN_ANSWERS: path })
  for (const file of failed) {
    const again = runTests([file], { SEEN_ANSWERS: path })
    if (again.failed.length > 0) {
      throw new Error(`${file} fails without a change:\n${again.output.slice(-4_000)}`)
    }
  }
}

/** Reads the files that saw a key, the smallest first. */
function readSeen(path: string): Map<string, string[]> {
  const filesOf = new Map<string, Map<string, number>>()
  const answersOf = new Map<string, number>()
  for (const line of readFileSync(path, 'utf8').trim().split('\n')) {
    const seen = JSON.parse(line) as { route: string; file: string; paths: string[] }
    answersOf.set(seen.file, (answersOf.get(seen.file) ?? 0) + 1)
    for (const key of seen.paths.map((key) => `${seen.route}\t${key}`)) {
      filesOf.set(key, (filesOf.get(key) ?? new Map<string, number>()).set(seen.file, 1))
    }
  }
  const size = (file: string) => answersOf.get(file) ?? 0
  return new Map(
    [...filesOf].map(([key, files]) => [
      key,
      [...files.keys()].sort((a, b) => size(a) - size(b) || (a < b ? -1 : 1)),
    ]),
  )
}

/** Returns the first file that fails because of a change; null if none does. */
function findCatcher(mutation: AnswerMutation, files: readonly string[]): string | null {
  const env = { MUTATED_ANSWER: JSON.stringify(mutation) }
  for (const file of files) {
    const { failed, output } = runTests([file], env)
    if (failed.length === 0) continue
    // The check of schemas says it by name. A test that fails in another way has to pass without the change.
    if (output.includes('differ from their schemas')) return file
    if (runTests([file], {}).failed.length === 0) return file
  }
  return null
}

try {
  const seenFile = values.seen ?? join(folder, 'seen.jsonl')
  if (!existsSync(seenFile)) learn(seenFile)
  const filesOf = readSeen(seenFile)
  const routes = [...new Set([...filesOf.keys()].map((key) => key.split('\t')[0] ?? ''))].sort()
  console.log(`${filesOf.size} keys in the answers of ${routes.length} routes, seed ${seed}`)
  const random = createRandom(seed)
  let missed = 0
  for (let place = 1; place <= places; place++) {
    // A route first, then a key: the answers with many keys would hide the others.
    const route = random.pick(routes)
    const keys = [...filesOf.keys()].filter((key) => key.startsWith(`${route}\t`)).sort()
    const key = random.pick(keys)
    const path = key.split('\t').slice(1)
    const mutation: AnswerMutation = { route, path, kind: random.pick(['drop', 'rename', 'add']) }
    const catcher = findCatcher(mutation, filesOf.get(key) ?? [])
    const by = catcher?.replace(root, '') ?? 'NOT CAUGHT'
    console.log(`${place}. ${mutation.kind} ${route} ${path.join('.')}: ${by}`)
    if (catcher === null) missed++
  }
  console.log(`${places - missed} of ${places} changes caught, seed ${seed}`)
  if (missed > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
