import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  type Channels,
  joinChannel,
  type LogReader,
  openTail,
} from '../../../src/agents/log/channel.ts'
import { createLooks } from '../../../src/agents/log/looks.ts'
import { postgresStores } from '../../../src/postgres.ts'
import { createSupport, toolCall, createRefundTool } from '../../support/agents.ts'
import { readLines } from '../../support/read-ndjson.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'
import { systemClock } from '../../../src/lib/clock.ts'

const postgres = withPostgres()
let sql: Sql
let other: Sql
const statements: string[] = []
beforeAll(async () => {
  const { url } = ({ sql } = await postgres.createDatabase())
  other = postgres.openPool(url)
  await postgresStores(sql).ready?.()
  const unsafe = other.unsafe.bind(other)
  const recorded: typeof sql.unsafe = (text, ...rest) => {
    statements.push(text)
    return unsafe(text, ...rest)
  }
  Object.assign(other, { unsafe: recorded })
})

const isLook = (text: string) => /select id, status, next_seq, takeover_seq from/.test(text)
const turns = [toolCall('refund', { orderId: 'o1', cents: 1 }), 'done']

/** One process that advances runs, and one that only reads them. */
async function createProcesses(listen: boolean) {
  const { tool } = createRefundTool()
  const options = { clock: systemClock, turns, tools: [tool] }
  const owner = await createTestStudio({ ...options, stores: postgresStores(sql) })
  const idle = { start: () => undefined, wake: () => undefined, stop: async () => undefined }
  const { agent } = createSupport([], { tools: [tool] })
  const reader = await createTestStudio({
    ...options,
    agents: [agent],
    dispatcher: idle,
    stores: postgresStores(other, { listen }),
  })
  const runId = await owner.startRun('refund')
  const [approvalId = ''] = await owner.pendingApprovals()
  await owner.runIn(runId, 'waiting')
  const readers = await Promise.all(
    Array.from({ length: 30 }, async () =>
      readLines(await reader.send('GET', `/runs/${runId}/events`, {})),
    ),
  )
  const ends = readers.map(({ rest }) => rest())
  return { owner, approvalId, readers, ends }
}

describe('the readers of a run that another process advances', () => {
  it('30 readers of a waiting run share one look, and all of them see its end', async () => {
    const { owner, approvalId, readers, ends } = await createProcesses(false)
    await eventually(async () => {
      for (const { lines } of readers) expect(lines.at(-1)?.type).toBe('run_waiting')
    })
    await eventually(async () => {
      statements.length = 0
      await eventually(async () => expect(statements.length).toBeGreaterThan(2))
      expect(statements.filter((text) => !isLook(text))).toEqual([])
    })
    await owner.decide(approvalId, { approved: true })
    await Promise.all(ends)
    for (const { lines } of readers) expect(lines.at(-1)?.type).toBe('final')
  })

  it('readers see the end of a run also while they look seldom, because hints arrive', async () => {
    const { owner, approvalId, readers, ends } = await createProcesses(true)
    await owner.decide(approvalId, { approved: true })
    await Promise.all(ends)
    for (const { lines } of readers) expect(lines.at(-1)?.type).toBe('final')
  })
})

describe('looks', () => {
  const createFixture = (listening: boolean) => {
    const channels: Channels = new Map()
    let count = 0
    const progress = async (ids: readonly string[]) => {
      count++
      return ids.map((id) => ({ id, status: 'waiting' as const, nextSeq: 1, takeoverSeq: null }))
    }
    const looks = createLooks({
      channels,
      runs: { progress },
      pollMs: 1,
      slowPollMs: 600_000,
      listening: () => listening,
    })
    onTestFinished(looks.stop)
    const channel = joinChannel(channels, 'r')
    const reader: LogReader = { cursor: 0, wake: null }
    channel.readers.add(reader)
    const waitAgain = () =>
      queueMicrotask(() => {
        reader.wake = waitAgain
        looks.start()
      })
    reader.wake = waitAgain
    return { looks, reader, count: () => count }
  }

  it('a run that waits is looked at once while hints arrive, and again after a hint', async () => {
    const { looks, count } = createFixture(true)
    looks.start()
    await eventually(async () => expect(count()).toBe(1))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(count()).toBe(1)
    looks.hurry('r')
    await eventually(async () => expect(count()).toBe(2))
  })

  const createReader = (nextSeq: number) => {
    const channels: Channels = new Map()
    const channel = joinChannel(channels, 'r')
    let claim: () => void = () => undefined
    const progress = async (ids: readonly string[]) => {
      claim()
      return ids.map((id) => ({ id, status: 'running' as const, nextSeq, takeoverSeq: null }))
    }
    const looks = createLooks({ channels, runs: { progress }, pollMs: 1 })
    onTestFinished(looks.stop)
    const wakes: string[] = []
    channel.readers.add({ cursor: -1, wake: () => void wakes.push('woken') })
    return {
      wakes,
      onLook: (then: () => void) => void (claim = then),
      claim: () => openTail(channel, { entries: [], stored: 0, takeoverSeq: null }),
      look: async () => {
        looks.start()
        await new Promise((resolve) => setTimeout(resolve, 50))
      },
    }
  }

  it('the reader of a run without a log is not woken', async () => {
    const [empty, begun] = [createReader(0), createReader(1)]
    await Promise.all([empty.look(), begun.look()])
    expect([empty.wakes, begun.wakes]).toEqual([[], ['woken']])
  })

  it('a reader is not woken when its process has begun to advance the run meanwhile', async () => {
    const reader = createReader(1)
    reader.onLook(reader.claim)
    await reader.look()
    expect(reader.wakes).toEqual([])
  })

  it('nothing is asked while nobody waits', async () => {
    const { looks, reader, count } = createFixture(false)
    reader.wake = null
    looks.start()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(count()).toBe(0)
  })
})
