import { faultBytes, faultEvents } from './faults.ts'
import { type Behaviour, collect, failsWith, same, type Target } from './target.ts'

const body = { message: 'hi' }
const stream = (target: Target, fault: string, argument = 0, options = {}) =>
  target.faulty(fault, argument, options).client.runs.stream('support', body)

/** How many streams run at once: a browser opens six connections to a host. */
const width = 4

/** What the client promises while servers, proxies, connections and clocks fail. */
export const faulty: readonly Behaviour[] = [
  {
    name: 'names a page that is no answer of a studio, and starts one run',
    async run(target) {
      for (const [fault, status] of [
        ['page', 200],
        ['gateway', 502],
      ] as const) {
        const { client, posts } = target.faulty(fault)
        same((await failsWith('bad_answer', client.get('/health'))).status, status, fault)
        same((await failsWith('bad_answer', client.runs.create('a', body))).status, status, fault)
        await failsWith('bad_answer', client.runs.stream('a', body).final())
        await failsWith('bad_answer', client.runs.list().page())
        same(await posts(), 2, 'requests that start a run')
      }
    },
  },
  {
    name: 'continues a stream that is cut at any byte',
    async run(target) {
      const step = target.isWhole ? 1 : 7 // the bytes of a character follow each other
      const places = Array.from({ length: Math.ceil(faultBytes / step) }, (_, at) => at * step)
      while (places.length > 0) {
        await Promise.all(
          places.splice(0, width).map(async (at) => {
            same(await collect(stream(target, 'cut', at)), faultEvents, `cut after ${at} bytes`)
          }),
        )
      }
    },
  },
  {
    name: 'continues past answers of proxies and of a studio that shuts down',
    async run(target) {
      same(await collect(stream(target, 'outage')), faultEvents, 'events')
      same(await collect(stream(target, 'leaving')), faultEvents, 'a run that was admitted by 503')
    },
  },
  {
    name: 'gives each event once, although it is sent again',
    async run(target) {
      same(await collect(stream(target, 'again')), faultEvents, 'events')
    },
  },
  {
    name: 'starts no second run when an answer names none',
    async run(target) {
      const { client, posts } = target.faulty('nameless')
      await failsWith('stream_lost', client.runs.stream('support', body).final())
      same(await posts(), 1, 'requests that start a run')
    },
  },
  {
    name: 'waits for a server that never answers no longer than it says',
    async run(target) {
      const { client } = target.faulty('silent', 0, { timeoutMs: 200 })
      await failsWith('timeout', client.get('/health'))
      await failsWith('timeout', client.runs.stream('support', body).final())
      const limits = { silenceMs: 200, reconnectMs: 500 }
      same(await collect(stream(target, 'quiet', 0, limits)), faultEvents, 'silent once')
      await failsWith('stream_lost', stream(target, 'mute', 0, limits).final())
    },
  },
  {
    name: 'counts heartbeats as life',
    async run(target) {
      const limits = { silenceMs: 5_000, reconnectMs: 300 }
      same(await collect(stream(target, 'beating', 8, limits)), faultEvents, 'events')
    },
  },
  {
    name: 'keeps its patience while the clock jumps',
    async run(target) {
      const { now } = Date
      try {
        for (const jump of [1e10, -1e10]) {
          const events = []
          for await (const event of stream(target, 'outage', 0, { reconnectMs: 20_000 })) {
            events.push(event)
            Date.now = () => now() + jump * events.length
          }
          same(events, faultEvents, 'events')
        }
        Date.now = () => now() - 1e12
        await failsWith(
          'stream_lost',
          stream(target, 'mute', 0, { silenceMs: 100, reconnectMs: 300 }).final(),
        )
      } finally {
        Date.now = now
      }
    },
  },
]
