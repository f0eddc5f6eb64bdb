import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { build } from 'esbuild'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findFreePort } from '../../src/cli/embedded.ts'
import { installPackages, packLibrary } from '../support/packed-package.ts'
import { createSharedDatabase } from '../support/shared-database.ts'
import { type Document, type Fence, findFences, readDocuments, root } from './documents.ts'
import { placeOf, runCommand, startCommand, toCommands } from './shell.ts'

const documents = readDocuments().map((document) => ({
  document,
  fences: findFences(document).filter(({ language }) => language === 'sh'),
}))
const commands = documents.flatMap(({ fences }) => fences.flatMap(({ code }) => toCommands(code)))

const folder = mkdtempSync(join(tmpdir(), 'fetch-studio-docs-'))
const consumer = join(folder, 'consumer')
const bin = join(folder, 'bin')
const stops: (() => Promise<void>)[] = []
let tarball = ''
let sql: Sql
let env: Record<string, string | undefined>
let shop = ''

/** Installs the packed library into a project, and serves a Studio from there. */
beforeAll(async () => {
  tarball = (await packLibrary()).tarball
  await installPackages(consumer, [tarball, 'zod', 'postgres'])
  await build({
    entryPoints: ['shop', 'serve'].map((name) => join(import.meta.dirname, `fixtures/${name}.ts`)),
    outdir: consumer,
    bundle: true,
    packages: 'external',
    format: 'esm',
    tsconfigRaw: {}, // without `paths`: the installed package, not src/
  })
  mkdirSync(join(consumer, 'dist'))
  writeFileSync(join(consumer, 'dist/studio.js'), "export { default } from '../shop.js'\n")
  mkdirSync(bin)
  const curl = '#!/bin/bash\nPATH="${PATH#*:}" exec curl --fail-with-body -sS --max-time 30 "$@"\n'
  writeFileSync(join(bin, 'curl'), curl, { mode: 0o755 })

  const database = await createSharedDatabase()
  sql = database.sql
  await sql`create table orders (id integer primary key, total_cents integer not null)`
  await sql`create table posts (id integer primary key, title text not null)`
  env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env['PATH']}`,
    DATABASE_URL: database.url,
    STUDIO_TOKEN: 'token',
  }
  shop = await serve('node serve.js', consumer)
}, 300_000)

afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()))
  await sql?.end()
  rmSync(folder, { recursive: true, force: true })
})

it('every command of another file names a file that exists', () => {
  const missing = commands
    .map(placeOf)
    .filter((place) => place.kind === 'elsewhere' && !existsSync(join(root, place.file)))
  expect(missing).toEqual([])
})

it('every npm script that a document names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  const named = commands.flatMap((command) => /^npm run ([\w:]+)/.exec(command)?.[1] ?? [])
  expect(named.filter((name) => !(name in scripts))).toEqual([])
})

it('the commands of the documents run here or in a named test, except for a few', () => {
  const kinds = commands.map((command) => placeOf(command).kind)
  const count = (kind: string) => kinds.filter((one) => one === kind).length
  const fences = documents.flatMap((one) => one.fences)
  console.log(
    `${fences.length} sh fences with ${commands.length} commands: ${count('here')} run here, ` +
      `${count('elsewhere')} in named tests, ${count('left out')} left out`,
  )
  expect(count('left out')).toBeLessThanOrEqual(10)
})

it.each(
  documents
    .filter(({ fences }) => fences.some(({ code }) => runsHere(code)))
    .map(({ document, fences }) => [document.path, document, fences] as const),
)('the commands of %s run', { timeout: 120_000 }, async (_path, document, fences) => {
  await expect(runDocument(document, fences)).resolves.toBeUndefined()
})

async function runDocument(document: Document, fences: readonly Fence[]): Promise<void> {
  for (const fence of findFences(document)) writeModule(fence)
  const isDesk = document.path.startsWith('examples/support-desk/')
  const url = isDesk ? await serveSupportDesk() : shop
  for (const { code } of fences) if (runsHere(code)) await runFence(code, url)
}

function runsHere(code: string): boolean {
  return toCommands(code).some((command) => placeOf(command).kind === 'here')
}

/** Writes a fence such as `// studio.mjs` to the project, as a reader would. */
function writeModule({ code }: Fence): void {
  const [, name] = /^\/\/ (\S+\.mjs)\n/.exec(code) ?? []
  if (name !== undefined) writeFileSync(join(consumer, name), code)
}

/** Runs the commands of a fence one after the other; those that serve run until its end. */
async function runFence(code: string, url: string): Promise<void> {
  const port = await findFreePort()
  const variables = { ...env, ...(await createRows(code, shop)), STUDIO_PORT: String(port) }
  const options = { cwd: consumer, env: variables }
  const serving: (() => Promise<void>)[] = []
  let target = url
  try {
    for (const printed of toCommands(code)) {
      if (placeOf(printed).kind !== 'here') continue
      const command = await toRunnable(printed, target)
      if (/^(node studio\.mjs|npx fetch-studio (work|dev) )/.test(command)) {
        const { stop } = await startCommand(command, /listens on|Working/, options)
        serving.push(stop)
        target = `http://127.0.0.1:${port}`
      } else if (/ -N [^]*ORD-1002/.test(command)) {
        const { stop } = await startCommand(command, /tool_approval_request/, options)
        stops.push(stop) // it waits for an approval, which the next fence gives
      } else await runCommand(command, options)
    }
  } finally {
    await Promise.all(serving.map((stop) => stop()))
  }
}

/** Fills in what a reader would: the address, the database, the package that is not published yet, an id. */
async function toRunnable(command: string, url: string): Promise<string> {
  const quiet = '--prefer-offline --no-audit --no-fund --ignore-scripts'
  const filled = command
    .replace(/(http:\/\/)?(localhost|127\.0\.0\.1):4021/g, url)
    .replace('postgres://…', env['DATABASE_URL'] ?? '')
    .replace(/^npm install fetch-studio\b/, `npm install ${quiet} ${tarball}`)
  return filled.includes('<id>') ? filled.replace('<id>', await findApproval(url)) : filled
}

/** The variables that the commands of a fence use for ids of existing rows. */
async function createRows(code: string, url: string): Promise<Record<string, string>> {
  const rows: Record<string, string> = {}
  const input = { message: 'Where is ORD-1001?' }
  if (code.includes('$RUN')) rows['RUN'] = (await post(url, '/agents/support/runs', input)).runId
  if (code.includes('$SESSION')) {
    rows['SESSION'] = (await post(url, '/sessions', { agentId: 'support' })).id
  }
  if (code.includes('$APPROVAL')) {
    await post(url, '/agents/payer/runs', { message: 'Pay.' }, { prefer: 'wait=5' })
    rows['APPROVAL'] = await findApproval(url)
  }
  return rows
}

async function post(
  url: string,
  path: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<{ id: string; runId: string }> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  expect(response.ok).toBe(true)
  return (await response.json()) as { id: string; runId: string }
}

async function findApproval(url: string): Promise<string> {
  const response = await fetch(`${url}/approvals?status=pending`)
  const { approvals } = (await response.json()) as { approvals: { id: string }[] }
  return approvals[0]?.id ?? ''
}

async function serveSupportDesk(): Promise<string> {
  const { sql: pool, url } = await createSharedDatabase()
  await pool.end()
  const command = `env DATABASE_URL=${url} node scripts/run-ts.mjs examples/support-desk/demo.ts --port 0`
  return serve(command, root)
}

async function serve(command: string, cwd: string): Promise<string> {
  const { output, stop } = await startCommand(command, /http:\/\/127\.0\.0\.1:\d+/, { cwd, env })
  stops.push(stop)
  return /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? ''
}
