// Prints the size of the console's files and fails when a limit is exceeded: npm run console:size
import { buildConsole } from './console.mjs'
import { limits, measure } from './console-limits.ts'

const { files } = await buildConsole()
for (const { name, gzip, first } of files) {
  console.log(`${first ? 'first page' : 'on demand '}  ${String(gzip.length).padStart(7)}  ${name}`)
}
const sizes = measure(files)
for (const [what, limit] of Object.entries(limits)) {
  const size = sizes[what as keyof typeof limits]
  console.log(`${what.padEnd(24)}${String(size).padStart(7)} of ${limit} bytes, gzip`)
  if (size > limit) process.exitCode = 1
}
