import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { startPostgres } from '../../support/postgres.ts'
import { behaviours } from './program.ts'
import { runtimes, toPlan } from './runtimes.ts'
import { startServers } from './servers.ts'
import type { Outcome } from './target.ts'

// Runs every behaviour of the client in every runtime and prints the table: npm run test:client. Words of the command line
// choose runtimes by their names.

const chosen = process.argv.slice(2).map((word) => word.toLowerCase())
const picked = runtimes.filter(
  ({ name }) => chosen.length === 0 || chosen.some((word) => name.toLowerCase().includes(word)),
)
const table = new Map<string, readonly Outcome[]>()
const database = await startPostgres(18)
const servers = await startServers(database.url())
try {
  for (const runtime of picked) {
    const startedAt = performance.now()
    const outcomes = await runtime.run(toPlan(runtime, servers, true)).catch((error: unknown) => {
      console.error(error)
      return behaviours.map(({ name }) => ({ name, fault: 'The runtime ended', ms: 0 }))
    })
    table.set(runtime.name, outcomes)
    console.log(`${runtime.name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  }
} finally {
  await servers.stop()
  await database.remove()
}

const names = [...table.keys()]
console.log(`\n| behaviour | ${names.join(' | ')} |`)
console.log(`| --- | ${names.map(() => '---').join(' | ')} |`)
behaviours.forEach(({ name }, index) => {
  const cells = names.map((runtime) => {
    const isLeftOut = name === behaviours.at(-1)?.name && runtime.endsWith('in process')
    if (isLeftOut) return '–'
    return table.get(runtime)?.[index]?.fault === null ? 'ok' : 'FAULT'
  })
  console.log(`| ${name} | ${cells.join(' | ')} |`)
})
const faults = [...table].flatMap(([runtime, outcomes]) =>
  outcomes.flatMap(({ name, fault }) => (fault === null ? [] : [`${runtime}: ${name}: ${fault}`])),
)
for (const fault of faults) console.error(`\n${fault}`)

for (const [entry, limit] of [
  ['client', 6_000],
  ['react', 3_000],
] as const) {
  const { outputFiles, metafile } = await build({
    entryPoints: [`src/${entry}.ts`],
    bundle: true,
    minify: true,
    format: 'esm',
    external: ['react'],
    metafile: true,
    write: false,
  })
  const size = gzipSync(outputFiles[0]?.contents ?? '').length
  const [output] = Object.values(metafile.outputs)
  const imports = [...new Set(output?.imports.map(({ path }) => path))].join(', ') || 'nothing'
  console.log(`\nfetch-studio/${entry}: ${size} bytes gzip (limit ${limit}), imports ${imports}`)
  if (size > limit) process.exitCode = 1
}
if (faults.length > 0) process.exitCode = 1
