import { once } from 'node:events'
import type { ChildProcess } from 'node:child_process'
import type { Sql } from 'postgres'
import { postgresStores } from '../src/postgres.ts'
import { startChild } from './support/child.ts'
import type { DurableContext, DurableTable } from './support/report.ts'
import { durableStudio, startRun, waitForAll } from './support/studio.ts'
import { toolModel } from './support/tool-model.ts'
import { workload } from './support/workload.ts'

/** Measures how many runs per second 1, 2 and 4 worker processes finish from a full queue. */
export async function benchWorkers({ server, short }: DurableContext): Promise<DurableTable[]> {
  const runs = short ? 200 : 2_000
  const { sql, url } = await server.createDatabase('workers')
  const rows = []
  for (const workers of [1, 2, 4]) {
    await fillQueue(sql, runs)
    const start = performance.now()
    const children = Array.from({ length: workers }, () =>
      startChild('bench/durable-worker.ts', [url]),
    )
    await waitForAll(sql, 'succeeded')
    const seconds = (performance.now() - start) / 1000
    await Promise.all(children.map(stop))
    rows.push({
      workers,
      runs,
      'runs/s': (runs / seconds).toFixed(0),
      'turns/s': ((runs * (workload.calls + 1)) / seconds).toFixed(0),
    })
  }
  return [
    { title: 'Throughput from a full queue, start of the processes included', rows, ok: true },
  ]
}

/** Creates runs while no worker is running. */
async function fillQueue(sql: Sql, runs: number): Promise<void> {
  const idle = { start: () => undefined, wake: () => undefined, stop: async () => undefined }
  const studio = durableStudio(toolModel(workload), {
    stores: postgresStores(sql),
    dispatcher: idle,
  })
  await studio.ready()
  await sql`truncate studio.runs cascade`
  for (let left = runs; left > 0; left -= 50) {
    await Promise.all(Array.from({ length: Math.min(50, left) }, () => startRun(studio)))
  }
  await studio.close()
}

async function stop(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}
