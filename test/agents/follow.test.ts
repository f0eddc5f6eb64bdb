import { describe, expect, it } from 'vitest'
import { follow } from '../../src/agents/follow.ts'
import { joinChannel, leaveChannel, type Live, publish } from '../../src/agents/live.ts'
import type { LogEntry } from '../../src/records/run.ts'
import { createGate } from '../support/agents.ts'
import { logEntries } from '../support/records.ts'

/** A follower of the run `r`, and the two places its entries come from. */
function createFollower({ after = -1, stored = [] as LogEntry[], slow = createGate() } = {}) {
  const live: Live = new Map()
  const channel = joinChannel(live, 'r')
  const runs = {
    get: async () => null,
    async readLog(_runId: string, from: number, limit: number) {
      const entries = stored.slice(from + 1, from + 1 + limit)
      await slow.opened
      return entries
    },
  }
  const run = { id: 'r', tenant: '', nextSeq: after + 1, takeoverSeq: null }
  const follower = follow({ live, runs, pollMs: null }, run, after)
  const seqs = async () => (await follower.next())?.map(({ seq }) => seq) ?? null
  return { live, channel, follower, seqs, slow }
}

const open = () => {
  const gate = createGate()
  gate.open()
  return gate
}

describe('a follower', () => {
  it('sees what is shown while it reads the store', async () => {
    const { channel, seqs, slow } = createFollower()
    const next = seqs()
    for (const entry of logEntries(0, 1)) publish(channel, entry)
    slow.open()
    expect(await next).toEqual([0])
  })

  it('goes from the store to the live end without a gap or a double', async () => {
    const stored = logEntries(0, 1_200)
    const { channel, seqs } = createFollower({ stored, slow: open() })
    for (const entry of logEntries(1_190, 20)) publish(channel, entry)
    const seen: number[] = []
    while (seen.length < 1_210) seen.push(...((await seqs()) ?? []))
    expect(seen).toEqual(Array.from({ length: 1_210 }, (_, index) => index))
  })

  it('begins after the position it is given', async () => {
    const { channel, seqs } = createFollower({ after: 2, slow: open() })
    for (const entry of logEntries(0, 5)) publish(channel, entry)
    expect(await seqs()).toEqual([3, 4])
  })

  it('ends after the last entry, and lets go of the channel', async () => {
    const { channel, live, seqs } = createFollower({ slow: open() })
    for (const entry of logEntries(0, 1, 'final')) publish(channel, entry)
    expect(await seqs()).toEqual([0])
    expect(await seqs()).toBeNull()
    leaveChannel(live, 'r', channel)
    expect(live.size).toBe(0)
  })

  it('that waits gives nothing when it is nudged, and null when it is closed', async () => {
    const { follower, seqs } = createFollower({ slow: open() })
    const nudged = seqs()
    await new Promise((resolve) => setTimeout(resolve, 5))
    follower.nudge()
    expect(await nudged).toEqual([])
    const closed = seqs()
    await new Promise((resolve) => setTimeout(resolve, 5))
    follower.close()
    expect(await closed).toBeNull()
  })
})
