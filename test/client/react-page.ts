import { createElement, type FunctionComponent, StrictMode, useEffect } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { createStudioClient, type StudioClient } from '../../src/client.ts'
import {
  type ApprovalsHandle,
  type RunHandle,
  type SessionHandle,
  useApprovals,
  useRun,
  useSession,
} from '../../src/react.ts'
import { createMatrixStudio, token } from './matrix/support-studio.ts'
import { same } from './matrix/target.ts'

// The program of the page in which the hooks are tested, with real React. It is bundled for the browser.

/** A studio in the page, and a client that counts the streams that are open. */
function createHost() {
  const studio = createMatrixStudio()
  const streams = { opened: 0, closed: 0 }
  const client = createStudioClient({
    token,
    async fetch(request) {
      const response = await studio.fetch(request)
      if (!response.headers.get('content-type')?.includes('ndjson')) return response
      streams.opened++
      return new Response(
        watchCancel(response, () => streams.closed++),
        response,
      )
    },
  })
  return { client, streams }
}

/** Returns the body of a response, and notices when its reader closes it before the end. */
function watchCancel({ body }: Response, notice: () => void): ReadableStream<Uint8Array> {
  const reader = body?.getReader()
  return new ReadableStream({
    async pull(controller) {
      const { done = true, value } = (await reader?.read()) ?? {}
      if (done) controller.close()
      else if (value) controller.enqueue(value)
    },
    async cancel() {
      notice()
      await reader?.cancel()
    },
  })
}

/** Renders a hook in strict mode. `seen` has what each render got. */
function render<Handle>(useHook: () => Handle): { seen: Handle[]; root: Root } {
  const seen: Handle[] = []
  const Probe: FunctionComponent = () => {
    const handle = useHook()
    useEffect(() => void seen.push(handle))
    return null
  }
  const root = createRoot(document.body.appendChild(document.createElement('div')))
  root.render(createElement(StrictMode, null, createElement(Probe)))
  return { seen, root }
}

async function until<Handle>(
  seen: readonly Handle[],
  holds: (handle: Handle) => boolean,
): Promise<Handle> {
  for (let tries = 0; tries < 2_000; tries++) {
    const last = seen.at(-1)
    if (last && holds(last)) return last
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error(`It did not happen: ${JSON.stringify(seen.at(-1))}`)
}

const numbers = ({ events }: RunHandle) => events.map(({ seq }) => seq)
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)
const hasEnded = ({ status }: RunHandle) => status === 'succeeded'
const words = Array.from({ length: 500 }, (_, index) => `word${index}`).join(' ')

/** The tests by name; each rejects if it fails. */
export const tests: Readonly<Record<string, () => Promise<void>>> = {
  async 'useRun follows a run, each event once, although strict mode mounts twice'() {
    const { client, streams } = createHost()
    const { id } = await client.runs.start('support', { message: words })
    const { seen } = render(() => useRun(client, id))
    const run = await until(seen, hasEnded)
    same(numbers(run), upTo(run.events.length), 'numbers')
    same([run.text, run.runId, run.error], [words, id, null], 'view')
    for (const each of seen) same(numbers(each), upTo(each.events.length), 'each render')
    same(streams.opened - streams.closed <= 1, true, 'one stream is left')
  },

  async 'useRun starts a run, and gathers its events into few renders'() {
    const { client } = createHost()
    const { seen } = render(() => useRun(client))
    const { start } = await until(seen, ({ status }) => status === 'idle')
    const ended = await start('support', { message: words })
    const run = await until(seen, hasEnded)
    same([ended.status, ended.text, run.text], ['succeeded', words, words], 'answer')
    same(run.start === start, true, 'the function stays')
    same(run.events.length > 500 && seen.length < 250, true, `${seen.length} renders`)
  },

  async 'useRun with a client made in each render reads a run once'() {
    const { client } = createHost()
    const { id } = await client.runs.start('support', { message: 'hi' })
    const { seen } = render(() => useRun({ ...client } as StudioClient, id))
    await until(seen, hasEnded)
    const renders = seen.length
    await new Promise((resolve) => setTimeout(resolve, 100))
    same(seen.length, renders, 'renders')
  },

  async 'useRun closes its stream when it unmounts, and the run goes on'() {
    const { client, streams } = createHost()
    const { seen, root } = render(() => useRun(client))
    const { start } = await until(seen, () => true)
    const ended = start('support', { message: 'hang' })
    const { runId } = await until(seen, ({ text }) => text === 'begun')
    const renders = seen.length
    root.unmount()
    await ended
    same([streams.opened, streams.closed], [1, 1], 'streams')
    same((await start('support', { message: 'hi' })).status, 'idle', 'a start after the end')
    same((await client.runs.get(runId ?? '')).status, 'running', 'the run')
    same(seen.length, renders, 'renders after the end')
    await client.runs.cancel(runId ?? '')
  },

  async 'useRun shows how a run ended'() {
    const { client } = createHost()
    const { seen } = render(() => useRun(client))
    const { start, reset } = await until(seen, () => true)
    same((await start('support', { message: 'fail' })).status, 'failed', 'a failed run')
    same((await start('nobody', { message: 'hi' })).status, 'lost', 'an unknown agent')
    const lost = await until(seen, ({ status }) => status === 'lost')
    same((lost.error as { code?: string } | null)?.code, 'not_found', 'error')
    const ended = start('support', { message: 'hang' })
    await (await until(seen, ({ text }) => text === 'begun')).cancel()
    same((await ended).status, 'cancelled', 'a cancelled run')
    reset()
    await until(seen, ({ status, events }) => status === 'idle' && events.length === 0)
  },

  async 'useApprovals shows what waits, and a decision lets the run go on'() {
    const { client } = createHost()
    const run = render(() => useRun(client))
    const list = render<ApprovalsHandle>(() => useApprovals(client, { intervalMs: 20 }))
    const { start } = await until(run.seen, () => true)
    const ended = start('support', { message: 'refund' })
    const waiting = await until(run.seen, ({ status }) => status === 'waiting')
    const { approvals, decide } = await until(list.seen, (handle) => handle.approvals.length === 1)
    same(waiting.approvals[0]?.id, approvals[0]?.id, 'approval')
    await decide(approvals[0]?.id ?? '', { approved: true })
    same((await ended).text, 'Done.', 'answer')
    await until(list.seen, (handle) => handle.approvals.length === 0)
    await until(run.seen, (handle) => handle.approvals.length === 0 && hasEnded(handle))
    list.root.unmount()
  },

  async 'useSession shows the conversation, and a message in it once'() {
    const { client } = createHost()
    const { id } = await client.sessions.create({ agentId: 'support', title: 'Chat' })
    const { seen } = render<SessionHandle>(() => useSession(client, id))
    const { send, session } = await until(seen, (handle) => handle.session !== null)
    same(session?.title, 'Chat', 'title')
    same((await send('one two')).text, 'one two', 'answer')
    const said = (handle: SessionHandle) =>
      (handle.session?.transcript ?? []).map((entry) => ('text' in entry ? entry.text : entry.kind))
    const after = await until(seen, (handle) => said(handle).length > 0)
    same([said(after), after.run.status], [['one two', 'one two'], 'idle'], 'transcript')
    const twice = seen.filter((each) => each.run.status !== 'idle' && said(each).length > 0)
    same(twice.length, 0, 'renders with the answer beside the transcript')
    same(after.error, null, 'error')
  },

  async 'useSession names why a session cannot be read'() {
    const { client } = createHost()
    const id = crypto.randomUUID()
    const { seen } = render<SessionHandle>(() => useSession(client, id))
    const { error, isLoading } = await until(seen, (handle) => handle.error !== null)
    same([(error as { code?: string }).code, isLoading], ['not_found', false], 'error')
  },
}
