import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inProcessDispatcher, type Dispatcher } from '../../../src/index.ts'
import { pgBossDispatcher } from '../../../src/pg-boss.ts'
import { postgresStores } from '../../../src/postgres.ts'
import {
  createRecordedWork,
  dispatcherContract,
} from '../../../src/testing/contracts/dispatcher.ts'
import { itKeeps } from '../../support/contract.ts'
import { createGate, createRefundTool, toolCall } from '../../support/agents.ts'
import { startBoss, type TestBoss } from '../../support/pg-boss.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'
import { createTestStudio, eventually } from '../../support/studio.ts'

describe('inProcessDispatcher', () => {
  itKeeps(dispatcherContract((onError) => inProcessDispatcher({ sweepMs: 50, onError })))
})

describe('pgBossDispatcher', () => {
  let database: Awaited<ReturnType<typeof createSharedDatabase>>
  let boss: TestBoss
  let queues = 0
  const nextQueue = () => `runs-${++queues}`
  const quick = { pollMs: 50, sweepMs: 50 }

  beforeAll(async () => {
    database = await createSharedDatabase()
    boss = await startBoss(database.url)
  })
  afterAll(async () => {
    await boss.stop({ graceful: false })
    await database.sql.end()
  })

  itKeeps(
    dispatcherContract((onError) =>
      pgBossDispatcher(boss, { queue: nextQueue(), onError, ...quick }),
    ),
  )

  /** Creates a studio like one on another machine, with the same tables and the same queue. */
  const createMachine = (dispatcher: Dispatcher, turns: Parameters<typeof createTestStudio>[0]) => {
    const stores = postgresStores(database.sql, { schema: `machine_${queues}` })
    return createTestStudio({ ...turns, stores, dispatcher })
  }

  it('concurrency: 0 leaves the runs of a web process to a worker process', async () => {
    const queue = nextQueue()
    const { tool, refunds } = createRefundTool()
    const turns = [toolCall('refund', { orderId: 'o1', cents: 5 }, 'c1'), 'done']
    const sender = pgBossDispatcher(boss, { queue, concurrency: 0 })
    const web = await createMachine(sender, { tools: [tool] })
    const worker = await createMachine(pgBossDispatcher(boss, { queue, ...quick }), {
      turns,
      tools: [tool],
    })
    void worker.studio.work()

    const { until, rest } = await web.runStream('hi')
    const { approval } = await until('tool_approval_request')
    await web.decide((approval as { id: string }).id, { approved: true })
    expect((await rest()).at(-1)).toMatchObject({ type: 'final', output: 'done' })
    expect([refunds.length, web.model.calls.length, worker.model.calls.length]).toEqual([1, 0, 2])
    expect([...web.failures, ...worker.failures]).toEqual([])
  })

  it('concurrency: 2 advances two runs at the same time', async () => {
    const queue = nextQueue()
    const gate = createGate()
    const dispatcher = pgBossDispatcher(boss, { queue, concurrency: 2, ...quick })
    const turn = [{ wait: gate.opened }, 'done']
    const studio = await createMachine(dispatcher, { turns: [turn, turn, turn] })
    const runIds = [
      await studio.startRun('one'),
      await studio.startRun('two'),
      await studio.startRun('three'),
    ]
    await eventually(async () => expect(studio.model.calls).toHaveLength(2))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(studio.model.calls).toHaveLength(2)
    gate.open()
    for (const runId of runIds) await studio.runIn(runId, 'succeeded')
    await eventually(async () => expect(await boss.getQueueSize(queue)).toBe(0))
  })

  it('pgBossDispatcher recovers from an outage of its queue', async () => {
    let isDown = true
    const queue = nextQueue()
    const shaky = new Proxy(boss, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name, target)
        if (typeof method !== 'function') return method
        return async (...args: unknown[]): Promise<unknown> => {
          if (isDown) throw new Error('The queue is down')
          return Reflect.apply(method, target, args)
        }
      },
    })
    const failures: unknown[] = []
    const dispatcher = pgBossDispatcher(shaky, {
      queue,
      ...quick,
      onError: (error) => void failures.push(error),
    })
    const studio = await createMachine(dispatcher, { turns: ['hello'] })
    const runId = await studio.startRun('hi')
    await eventually(async () => expect(failures).not.toEqual([]))
    await studio.runIn(runId, 'queued')
    isDown = false
    await studio.runIn(runId, 'succeeded')
  })

  it('wake with a time advances a run at that time without a sweep', async () => {
    const rarely = { pollMs: 50, sweepMs: 600_000 }
    const dispatcher = pgBossDispatcher(boss, { queue: nextQueue(), ...rarely })
    const { work, dueAt, advanced } = createRecordedWork()
    dispatcher.start(work)
    const [soon, later] = [Date.now() + 100, Date.now() + 500]
    dueAt.set('run', later)
    await dispatcher.wake('run', soon)
    await dispatcher.wake('run', later)
    await eventually(async () => expect(advanced).toEqual(['run']))
    expect(Date.now()).toBeGreaterThanOrEqual(later)
    await dispatcher.stop()
  })

  it('pgBossDispatcher throws a TypeError for an invalid concurrency', () => {
    for (const concurrency of [-1, 1.5, Number.NaN]) {
      expect(() => pgBossDispatcher(boss, { concurrency })).toThrow(TypeError)
    }
  })
})
