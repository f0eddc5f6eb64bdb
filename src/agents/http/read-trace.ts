import type { Message } from '../../records/message.ts'
import type { RunSummary } from '../../records/run.ts'
import type { RunJournal, SessionMessage } from '../../storage/store.ts'
import type { WireTrace } from '../answers/trace-answers.ts'
import type { Engine } from '../engine/engine.ts'
import { toTrace } from '../views/trace.ts'

/** Resolves to the trace of a run with all its observations. `before` is what its session held before it. */
export async function readTrace(
  { agents }: Engine,
  journal: RunJournal,
  before: readonly Message[] = [],
): Promise<WireTrace> {
  return toTrace(journal, agents.get(journal.run.agentId), before)
}

/** How many messages of a session are read to find those before a run, and how many are shown. */
const maxSearched = 2_000
const maxBefore = 200

/** Reads what the session held before the run, newest messages last. Empty for a run that lies too far back. */
export async function readBefore(
  { stores, limits }: Engine,
  { id, tenant, sessionId }: RunSummary,
): Promise<Message[]> {
  if (sessionId === null) return []
  const found: SessionMessage[] = []
  for (let before: number | null = null; found.length < maxSearched;) {
    const page = { limit: maxBefore, before, bytes: limits.sessionBytes }
    const reading = await stores.sessions.read(tenant, sessionId, page)
    const messages = reading?.messages ?? []
    found.unshift(...messages)
    const own = found.findIndex(({ runId }) => runId === id)
    const earlier = own < 0 ? [] : found.slice(0, own)
    before = messages[0]?.position ?? 0
    if (before === 0 || earlier.length >= maxBefore) {
      return earlier.slice(-maxBefore).map(({ message }) => message)
    }
  }
  return []
}
