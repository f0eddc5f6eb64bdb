import { userMessage } from '../../records/message.ts'
import { equal, matches } from './assert.ts'
import type { StoreCase } from './case.ts'
import {
  agents,
  answerOf,
  claimant,
  claimRun,
  logEntries,
  newApproval,
  newRun,
  newSession,
  newToolCall,
  newTurn,
  promptOf,
  startRun,
  succeed,
} from './records.ts'

/** What `runs.claim` of every store promises. */
export const claimCases: readonly StoreCase[] = [
  {
    name: 'runs.claim raises the epoch and sets the lease by the time of the store',
    async run({ stores, clock }) {
      const request = newRun()
      await stores.runs.create(request)
      const claimed = await stores.runs.claim(request.id, claimant())
      matches(claimed, { history: [], now: clock.now() })
      matches(claimed?.journal.run, {
        status: 'running',
        epoch: 1,
        owner: 'me',
        startedAt: new Date(clock.now()).toISOString(),
        leaseUntil: new Date(clock.now() + 1_000).toISOString(),
        nextSeq: 0,
        takeoverSeq: null,
      })
    },
  },
  {
    name: 'runs.claim says how many bytes the log of the run has',
    async run({ stores }) {
      const ref = await startRun(stores)
      const json = ['{"type":"text_delta","delta":"é","seq":0}', '{"type":"ping","seq":1}']
      const entries = json.map((text, seq) => ({ seq, type: 'text_delta', json: text }))
      await stores.runs.commit(ref, { entries, release: { to: 'yield' } })
      matches(await stores.runs.claim(ref.runId, claimant()), { logBytes: 65 })
    },
  },
  {
    name: 'runs.claim refuses a claimant without the agent unless the run is cancelled',
    async run({ stores }) {
      const request = newRun({ agentId: 'rare' })
      await stores.runs.create(request)
      const stranger = { ...claimant(), agents: new Map([['support', null]]) }
      equal(await stores.runs.due(10, stranger.agents), [])
      equal(await stores.runs.claim(request.id, stranger), null)
      equal(await stores.runs.due(10, agents), [request.id])
      await stores.runs.requestCancel('', request.id, null)
      equal(await stores.runs.due(10, stranger.agents), [request.id])
      matches(await stores.runs.claim(request.id, stranger), {
        journal: { run: { id: request.id } },
      })
    },
  },
  {
    name: 'runs.claim counts lost owners in a row until a tool call succeeds',
    async run({ stores, clock }) {
      let ref = await startRun(stores)
      const lose = async () => {
        await clock.advance(1_000)
        ref = await claimRun(stores, ref.runId)
        return ref.run.attempts
      }
      equal([await lose(), await lose()], [1, 2])
      const failed = newToolCall({ state: 'done', isError: true, result: [] })
      await stores.runs.commit(ref, { toolCalls: [failed] })
      equal(await lose(), 3)
      const done = newToolCall({ state: 'done', result: [] })
      await stores.runs.commit(ref, { toolCalls: [done] })
      equal(await lose(), 1)
      await stores.runs.commit(ref, { release: { to: 'yield' } })
      equal((await claimRun(stores, ref.runId)).run.attempts, 0)
    },
  },
  {
    name: 'runs.claim has the calls of a run that lost five owners',
    async run({ stores, clock }) {
      const ref = await startRun(stores)
      const toolCalls = [newToolCall({ state: 'started' })]
      await stores.runs.commit(ref, { messages: [promptOf('hi')], toolCalls })
      for (let lost = 1; lost < 5; lost++) {
        await clock.advance(1_000)
        await claimRun(stores, ref.runId)
      }
      await clock.advance(1_000)
      matches(await stores.runs.claim(ref.runId, claimant()), {
        journal: { run: { attempts: 5 }, toolCalls },
      })
    },
  },
  {
    name: 'runs.claim sets takeoverSeq after a lost owner and keeps it after a handover',
    async run({ stores, clock }) {
      const first = await startRun(stores)
      await stores.runs.commit(first, { entries: logEntries(0, 3) })
      await clock.advance(1_000)
      const second = await claimRun(stores, first.runId)
      matches(second.run, { nextSeq: 3, takeoverSeq: 3 })
      await stores.runs.commit(second, { entries: logEntries(3, 2), release: { to: 'yield' } })
      const third = await claimRun(stores, first.runId)
      matches(third.run, { nextSeq: 5, takeoverSeq: 3 })
    },
  },
  {
    name: 'runs.claim returns null while a lease holds and succeeds once it has expired',
    async run({ stores, clock }) {
      const { runId, run } = await startRun(stores)
      await clock.advance(999)
      equal(await stores.runs.claim(runId, claimant('other')), null)
      await clock.advance(1)
      const second = await claimRun(stores, runId)
      matches(second.run, { epoch: run.epoch + 1, startedAt: run.startedAt })
    },
  },
  {
    name: 'runs.claim returns null for ended and unknown runs',
    async run({ stores }) {
      const ref = await startRun(stores)
      await stores.runs.commit(ref, { release: succeed })
      equal(await stores.runs.claim(ref.runId, claimant()), null)
      equal(await stores.runs.claim('none', claimant()), null)
    },
  },
  {
    name: 'runs.claim has one winner among twenty concurrent claimants',
    async run({ stores }) {
      const request = newRun()
      await stores.runs.create(request)
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          stores.runs.claim(request.id, claimant(`${index}`)),
        ),
      )
      equal(claims.filter((claim) => claim !== null).length, 1)
      matches(await stores.runs.get('', request.id), { epoch: 1 })
    },
  },
  {
    name: 'runs.claim restores everything that earlier owners wrote',
    async run({ stores }) {
      const first = await startRun(stores)
      const turn = newTurn({ status: 'success' })
      const messages = [promptOf('hi'), answerOf('hello')]
      const approval = newApproval(first.run, { toolCallId: 'call-2' })
      const toolCalls = [
        newToolCall({ state: 'done', result: [{ type: 'text', text: 'ok' }] }),
        newToolCall({ toolCallId: 'call-2', index: 1, state: 'waiting', approvalId: approval.id }),
      ]
      const entries = logEntries(0, 3)
      await stores.runs.commit(first, { entries, messages, turn, toolCalls, approvals: [approval] })
      await stores.runs.commit(first, { release: { to: 'yield' } })
      const second = await stores.runs.claim(first.runId, claimant())
      matches(second?.journal, {
        run: { turns: 1, observations: 4, nextSeq: 3 },
        messages,
        turns: [turn],
        toolCalls,
        approvals: [approval],
      })
    },
  },
  {
    name: 'runs.claim returns the history of the input for a run without a session',
    async run({ stores }) {
      const input = { ...newRun().input, history: [userMessage('earlier')] }
      const { runId, epoch } = await startRun(stores, { input })
      await stores.runs.commit({ runId, epoch }, { release: { to: 'yield' } })
      equal((await stores.runs.claim(runId, claimant()))?.history, input.history)
    },
  },
  {
    name: 'runs.claim returns the messages that the session had before the run as its history',
    async run({ stores }) {
      const session = newSession()
      await stores.sessions.create(session)
      const first = await startRun(stores, { sessionId: session.id })
      const exchange = [promptOf('one'), answerOf('two')]
      await stores.runs.commit(first, { messages: exchange, release: succeed })
      const second = await startRun(stores, { sessionId: session.id })
      await stores.runs.commit(second, { messages: [promptOf('three')], release: { to: 'yield' } })
      const claimed = await stores.runs.claim(second.runId, claimant())
      equal(
        claimed?.history,
        exchange.map(({ message }) => message),
      )
      equal(claimed?.journal.messages, [promptOf('three')])
    },
  },
]
