import { benchCost } from './durable-cost.ts'
import { benchExtremes } from './durable-extremes.ts'
import { benchLatency } from './durable-latency.ts'
import { benchLists } from './durable-lists.ts'
import { benchWorkers } from './durable-workers.ts'
import { benchWaiting } from './durable-waiting.ts'
import { benchWrites } from './durable-writes.ts'
import type { DurableContext, DurableTable } from './support/report.ts'
import { startServer } from './support/server.ts'

const parts: Record<string, (context: DurableContext) => Promise<DurableTable[]>> = {
  cost: benchCost,
  writes: benchWrites,
  latency: benchLatency,
  workers: benchWorkers,
  waiting: benchWaiting,
  lists: benchLists,
  extremes: benchExtremes,
}

const chosen = process.argv.slice(2).filter((name) => name !== '--short')
const short = process.argv.includes('--short')
const unknown = chosen.filter((name) => !(name in parts))
if (unknown.length > 0) {
  throw new Error(`Unknown part ${unknown.join(', ')}. Parts: ${Object.keys(parts).join(', ')}`)
}

const server = await startServer()
try {
  for (const [name, part] of Object.entries(parts)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue
    for (const { title, rows, ok } of await part({ server, short })) {
      console.log(`\n${title}${ok ? '' : ': OVER THE LIMIT'}`)
      console.table(rows)
      if (!ok) process.exitCode = 1
    }
  }
} finally {
  await server.remove()
}
