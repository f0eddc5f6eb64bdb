// Holds every rule and fix against real schemas: npm run truth -- [--schemas folder] [--only name] [--write]
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startPostgres } from '../support/postgres.ts'
import { debianSchemas } from './debian-schemas.ts'
import { examine, type Examined, trustNoCrash } from './examine.ts'
import { folderSchemas } from './folder-schemas.ts'
import { npmSchemas } from './npm-schemas.ts'
import { toReport } from './report.ts'
import { printVerdicts, readVerdicts, toVerdicts, verdictsFile } from './verdicts.ts'

const { values } = parseArgs({
  options: {
    schemas: { type: 'string' },
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
})
const byHand = values.schemas === undefined ? [] : await folderSchemas(values.schemas)
const all = [...npmSchemas, ...debianSchemas, ...byHand]
const chosen = all.filter(({ name }) => values.only === undefined || name.includes(values.only))

const server = await startPostgres(18)
const examined: Examined[] = []
try {
  await trustNoCrash(server)
  for (const schema of chosen) {
    console.error(`${schema.name} …`)
    examined.push(await examine(server, schema))
  }
} finally {
  await server.remove()
}

if (values.write) {
  const known = readVerdicts()
  const loaded = examined.filter(
    ({ schema, missing }) => missing === null && schema.from !== 'folder',
  )
  const names = new Set(loaded.map(({ schema }) => schema.name))
  const others = known.filter(({ schema }) => !names.has(schema))
  writeFileSync(verdictsFile, printVerdicts([...others, ...toVerdicts(loaded, known)]))
}
const { lines, faults } = toReport(examined)
console.log(lines.join('\n'))
for (const fault of faults) console.log(`  ${fault}`)
console.log(faults.length === 0 ? 'as the committed table says' : `${faults.length} faults`)
process.exit(faults.length === 0 ? 0 : 1)
