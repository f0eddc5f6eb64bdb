import { describe, expect, it } from 'vitest'
import { follow } from '../../../src/agents/log/follow.ts'
import {
  type Channels,
  joinChannel,
  leaveChannel,
  notify,
  openTail,
} from '../../../src/agents/log/channel.ts'
import type { LogEntry } from '../../../src/records/run.ts'
import { createGate } from '../../support/agents.ts'
import { logEntries } from '../../support/records.ts'

/** A follower of the run `r`, and the two places its entries come from. */
function createFollower({ after = -1, stored = [] as LogEntry[], slow = createGate() } = {}) {
  const channels: Channels = new Map()
  const channel = joinChannel(channels, 'r')
  const runs = {
    get: async () => null,
    async readLog(_runId: string, from: number, limit: number) {
      const entries = stored.slice(from + 1, from + 1 + limit)
      await slow.opened
      return entries
    },
  }
  const run = { id: 'r', tenant: '', nextSeq: after + 1, takeoverSeq: null }
  const follower = follow({ channels, runs, pollMs: null }, run, after)
  const seqs = async () => (await follower.next())?.map(({ seq }) => seq) ?? null
  const show = (entries: readonly LogEntry[]) => {
    openTail(channel, { entries, stored: 0, takeoverSeq: null })
    notify(channel)
  }
  return { channels, channel, follower, seqs, slow, show }
}

const open = () => {
  const gate = createGate()
  gate.open()
  return gate
}

describe('a follower', () => {
  it('sees what is shown while it reads the store', async () => {
    const { show, seqs, slow } = createFollower()
    const next = seqs()
    show(logEntries(0, 1))
    slow.open()
    expect(await next).toEqual([0])
  })

  it('goes from the store to the live end without a gap or a double', async () => {
    const stored = logEntries(0, 1_200)
    const { show, seqs } = createFollower({ stored, slow: open() })
    show(logEntries(1_190, 20))
    const seen: number[] = []
    while (seen.length < 1_210) seen.push(...((await seqs()) ?? []))
    expect(seen).toEqual(Array.from({ length: 1_210 }, (_, index) => index))
  })

  it('begins after the position it is given', async () => {
    const { show, seqs } = createFollower({ after: 2, slow: open() })
    show(logEntries(0, 5))
    expect(await seqs()).toEqual([3, 4])
  })

  it('ends after the last entry, and lets go of the channel', async () => {
    const { show, channel, channels, seqs } = createFollower({ slow: open() })
    show(logEntries(0, 1, 'final'))
    expect(await seqs()).toEqual([0])
    expect(await seqs()).toBeNull()
    leaveChannel(channels, 'r', channel)
    expect(channels.size).toBe(0)
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
