import { describe, expect, it } from 'vitest'
import { fixedClock } from '../../src/testing.ts'
import {
  claimant,
  newSession,
  newToolCall,
  promptOf,
  startRun,
  succeed,
} from '../support/records.ts'
import { storeKinds } from '../support/stores.ts'

describe.each(storeKinds)('a run that loses its owners on $name stores', (kind) => {
  it('a claim has the history until five owners are lost, then the own calls, then the run alone', async () => {
    const clock = fixedClock()
    const { stores } = await kind.create(clock)
    const session = newSession()
    await stores.sessions.create(session)
    const earlier = await startRun(stores, { sessionId: session.id })
    await stores.runs.commit(earlier, { messages: [promptOf('hi')], release: succeed })
    const ref = await startRun(stores, { sessionId: session.id })
    const toolCalls = [newToolCall({ state: 'started' })]
    await stores.runs.commit(ref, { messages: [promptOf('ho')], toolCalls })
    const lose = () => {
      clock.advance(1_000)
      return stores.runs.claim(ref.runId, claimant())
    }
    for (let lost = 1; lost < 5; lost++) {
      expect(await lose()).toMatchObject({ history: [{ role: 'user' }] })
    }
    expect(await lose()).toMatchObject({
      history: [],
      journal: { run: { attempts: 5 }, toolCalls },
    })
    expect(await lose()).toMatchObject({
      history: [],
      journal: { run: { attempts: 6 }, messages: [], toolCalls: [] },
    })
  })
})
