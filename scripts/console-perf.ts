// Measures the console on large data and fails when a limit is exceeded: npm run console:perf, `-- --quick` for a look at less
// data, `-- stream` for a part of it.
import { launchBrowser } from '../test/support/browser.ts'
import { startBigStudio, type Sizes } from './perf/big-studio.ts'
import {
  type Figure,
  measureDiagram,
  measureFirstPages,
  measureLists,
  measureStream,
  measureTrace,
  type Subject,
} from './perf/measures.ts'

const measures: Readonly<Record<string, (subject: Subject) => Promise<void>>> = {
  pages: measureFirstPages,
  lists: measureLists,
  diagram: measureDiagram,
  stream: measureStream,
  trace: measureTrace,
}

const isQuick = process.argv.includes('--quick')
const chosen = process.argv.slice(2).filter((name) => name !== '--quick')
const unknown = chosen.filter((name) => !(name in measures))
if (unknown.length > 0) {
  throw new Error(`Unknown part ${unknown.join(', ')}. Parts: ${Object.keys(measures).join(', ')}`)
}
const sizes: Sizes = isQuick
  ? { runs: 1_000, tables: 200, deltas: 1_000, spans: 500 }
  : { runs: 10_000, tables: 1_000, deltas: 10_000, spans: 5_000 }

let isExceeded = false

function note({ what, measured, unit, limit }: Figure): void {
  const isOver = limit !== null && !(measured <= limit)
  isExceeded ||= isOver
  const figure = measured < 10 ? measured.toFixed(2) : String(Math.round(measured))
  const bound = limit === null ? '' : `${limit} ${unit}`
  console.log(
    `${what.padEnd(62)}${`${figure} ${unit}`.padStart(12)}${bound.padStart(12)}${isOver ? '  too much' : ''}`,
  )
}

const big = await startBigStudio(sizes)
const browser = await launchBrowser()
const subject: Subject = { big, browser, sizes, note }
try {
  console.log(`${'what'.padEnd(62)}${'measured'.padStart(12)}${'limit'.padStart(12)}`)
  for (const [name, measure] of Object.entries(measures)) {
    if (chosen.length === 0 || chosen.includes(name)) await measure(subject)
  }
} finally {
  await browser.close()
  await big.close()
}
if (isExceeded) process.exitCode = 1
