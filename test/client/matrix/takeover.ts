import type { RunStream, StreamedEvent, StudioClient } from '../../../src/client.ts'
import { type Behaviour, collect, same } from './target.ts'

const script = (deltas: number, paceMs: number) => ({
  message: JSON.stringify({ turns: [{ deltas, paceMs, calls: [] }] }),
})

/** What the client promises while the instance that serves it is killed. */
export const takeover: readonly Behaviour[] = [
  {
    name: 'continues on another instance when the first is killed',
    async run({ fleet, isWhole }) {
      if (!fleet) return
      const client = fleet.client()
      const deltas = isWhole ? 60 : 20
      const streams = Array.from({ length: isWhole ? 3 : 1 }, () =>
        client.runs.stream('campaign', script(deltas, 30)),
      )
      // All of them are in the middle when the first instance is killed. The next one is killed after its first events.
      const kills = [8, ...(isWhole ? [20] : [])].map((count) => {
        const gate = createBarrier(streams.length, () => fleet.kill())
        return { count, gate }
      })
      await Promise.all(streams.map((stream) => read(client, stream, kills)))
    },
  },
]

interface Kill {
  /** After how many events of each reader. */
  readonly count: number
  gate(): Promise<void>
}

/** Calls `act` when all have arrived, who wait for it. */
function createBarrier(size: number, act: () => Promise<void>): () => Promise<void> {
  let open = (_acted: Promise<void>): void => undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  let arrived = 0
  return () => {
    if (++arrived === size) open(act())
    return opened
  }
}

/** Reads one run whose instances are killed, and compares the events with those of the log. */
async function read(
  client: StudioClient,
  stream: RunStream,
  kills: readonly Kill[],
): Promise<void> {
  const events: StreamedEvent[] = []
  for await (const event of stream) {
    events.push(event)
    for (const { count, gate } of kills) if (events.length === count) await gate()
  }
  same(new Set(events.map((event) => JSON.stringify(event))).size, events.length, 'each event once')
  same(events.filter(({ type }) => type === 'final').length, 1, 'final events')
  same(events.at(-1)?.type, 'final', 'last event')
  const kept: StreamedEvent[] = []
  for (const event of events) kept.splice(event.seq, Infinity, event)
  same(
    kept.map(({ seq }) => seq),
    kept.map((_, index) => index),
    'numbers',
  )
  same(await collect(client.runs.follow(stream.runId ?? '')), kept, 'log')
}
