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

/** Creates a follower of the run `r` with both its sources: a store and a live tail. */
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
  const follower = follow({ channels, runs, onWait: null }, run, after)
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

describe('follow', () => {
  it('a follower returns entries that become visible while it reads the store', async () => {
    const { show, seqs, slow } = createFollower()
    const next = seqs()
    show(logEntries(0, 1))
    slow.open()
    expect(await next).toEqual([0])
  })

  it('a follower continues from the store to the live tail without a gap or a duplicate', async () => {
    const stored = logEntries(0, 1_200)
    const { show, seqs } = createFollower({ stored, slow: open() })
    show(logEntries(1_190, 20))
    const seen: number[] = []
    while (seen.length < 1_210) seen.push(...((await seqs()) ?? []))
    expect(seen).toEqual(Array.from({ length: 1_210 }, (_, index) => index))
  })

  it('a follower starts after its `after` position', async () => {
    const { show, seqs } = createFollower({ after: 2, slow: open() })
    show(logEntries(0, 5))
    expect(await seqs()).toEqual([3, 4])
  })

  it('a follower ends after the terminal entry and leaves its channel', async () => {
    const { show, channel, channels, seqs } = createFollower({ slow: open() })
    show(logEntries(0, 1, 'final'))
    expect(await seqs()).toEqual([0])
    expect(await seqs()).toBeNull()
    leaveChannel(channels, 'r', channel)
    expect(channels.size).toBe(0)
  })

  it('a waiting follower returns [] on nudge and null on close', async () => {
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
