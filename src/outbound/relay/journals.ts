import type { OutboxMessage } from '../../records/outbox.ts'
import type { RunJournal } from '../../storage/store.ts'
import type { DeliveryHost } from './drain.ts'

/** A message, and the run that it is about: null when that was deleted. */
export interface Told {
  readonly message: OutboxMessage
  readonly journal: RunJournal | null
}

/** How many runs are read at a time: a run may have megabytes of messages. */
const atATime = 5

/** Reads the runs of messages, few at a time, and calls back with each few. */
export async function forEachRun(
  messages: readonly OutboxMessage[],
  { stores }: DeliveryHost,
  use: (told: readonly Told[]) => Promise<void>,
): Promise<void> {
  for (let start = 0; start < messages.length; start += atATime) {
    const some = messages.slice(start, start + atATime)
    const journals = await stores.runs.journals(some.map(({ runId }) => runId))
    const byId = new Map(journals.map((journal) => [journal.run.id, journal]))
    await use(some.map((message) => ({ message, journal: byId.get(message.runId) ?? null })))
  }
}
