import { benchClient } from './client.ts'
import { benchHealth } from './health.ts'
import { benchProtocols } from './protocols.ts'
import { benchSession } from './session.ts'
import { benchStream } from './stream.ts'
import type { Comparison } from './support/compare.ts'

const benches: Record<string, () => Promise<Comparison[]>> = {
  health: benchHealth,
  stream: benchStream,
  session: benchSession,
  client: benchClient,
  protocols: benchProtocols,
}

const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !(name in benches))
if (unknown.length > 0) {
  throw new Error(
    `Unknown bench ${unknown.join(', ')}. Benches: ${Object.keys(benches).join(', ')}`,
  )
}

const comparisons: Comparison[] = []
for (const [name, bench] of Object.entries(benches)) {
  if (chosen.length === 0 || chosen.includes(name)) comparisons.push(...(await bench()))
}
console.table(
  comparisons.map(({ name, baseline, measured, ratio, limit }) => ({
    comparison: name,
    'baseline µs': baseline.toFixed(2),
    'measured µs': measured.toFixed(2),
    ratio: ratio.toFixed(2),
    limit: limit.toFixed(2),
    ok: ratio <= limit,
  })),
)
if (comparisons.some(({ ratio, limit }) => ratio > limit)) process.exitCode = 1
