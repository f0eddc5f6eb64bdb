// Changes answers at random and expects the tests to notice: npm run mutate:answers -- [--places 50] [--seed 1]. First the tests
// run once to learn which answers they see. Then each change runs in the test files that saw the changed key.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createRandom } from '../test/campaigns/random.ts'
import type { AnswerMutation } from '../test/support/answer-mutation.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({ options: { places: { type: 'string' }, seed: { type: 'string' } } })
const places = Number(values.places ?? 50)
const seed = Number(values.seed ?? 1)
const random = createRandom(seed)
const folder = mkdtempSync(join(tmpdir(), 'mutate-answers-'))
const seenFile = join(folder, 'seen.jsonl')
const folders = ['test/agents/http', 'test/introspection', 'test/openapi']

const runTests = (files: readonly string[], env: Record<string, string>) =>
  spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--bail',
      '1',
      '--reporter',
      'dot',
      ...files,
    ],
    { cwd: root, env: { ...process.env, ...env }, encoding: 'utf8' },
  )

try {
  const first = runTests(folders, { SEEN_ANSWERS: seenFile })
  if (first.status !== 0)
    throw new Error(`The tests fail without a change:\n${first.stdout.slice(-2_000)}`)
  const filesOf = new Map<string, Set<string>>()
  for (const line of readFileSync(seenFile, 'utf8').trim().split('\n')) {
    const { route, file, paths } = JSON.parse(line) as {
      route: string
      file: string
      paths: string[]
    }
    for (const path of paths) {
      const key = `${route}\t${path}`
      filesOf.set(key, (filesOf.get(key) ?? new Set()).add(file))
    }
  }
  const routes = [...new Set([...filesOf.keys()].map((key) => key.split('\t')[0] ?? ''))].sort()
  console.log(`${filesOf.size} keys in the answers of ${routes.length} routes, seed ${seed}`)
  const missed: AnswerMutation[] = []
  for (let place = 0; place < places; place++) {
    // A route first, then a key: the answers with many keys would hide the others.
    const route = random.pick(routes)
    const [, ...path] = random
      .pick([...filesOf.keys()].filter((key) => key.startsWith(`${route}\t`)).sort())
      .split('\t')
    const mutation: AnswerMutation = { route, path, kind: random.pick(['drop', 'rename', 'add']) }
    const files = [...(filesOf.get([route, ...path].join('\t')) ?? [])]
    const { status } = runTests(files, { MUTATED_ANSWER: JSON.stringify(mutation) })
    const what = `${mutation.kind} ${route} ${path.join('.')}`
    console.log(`${place + 1}. ${status === 0 ? 'NOT CAUGHT' : 'caught'}: ${what}`)
    if (status === 0) missed.push(mutation)
  }
  console.log(`${places - missed.length} of ${places} changes caught, seed ${seed}`)
  if (missed.length > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
