import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readLines } from '../support/read-ndjson.ts'

/** An example that listens on loopback. */
export interface ExampleServer {
  /** The origin, without a slash at the end. */
  readonly url: string
  stop(): Promise<void> | void
}

/** What every framework must let through, over a real socket. The example serves the studio below `/internal`. */
export function describeFramework(name: string, start: () => Promise<ExampleServer>): void {
  describe(`a studio behind ${name}`, () => {
    let server: ExampleServer | undefined
    beforeAll(async () => void (server = await start()))
    afterAll(() => server?.stop())

    const send = (path: string, init: RequestInit = {}) => fetch(`${server?.url}${path}`, init)
    const run = (body: object, init: RequestInit = {}) =>
      send('/internal/agents/support/runs', {
        ...init,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...init.headers },
        body: JSON.stringify(body),
      })

    it(`${name} serves a handshake whose endpoints carry the prefix`, async () => {
      const response = await send('/internal/studio/handshake')
      expect(response.status).toBe(200)
      const { endpoints } = (await response.json()) as { endpoints: Record<string, string> }
      const paths = Object.values(endpoints)
      expect(paths.length).toBeGreaterThan(3)
      expect(paths.filter((path) => !path.startsWith('/internal/'))).toEqual([])
      const statuses = paths.filter((path) => !path.includes(':')).map((path) => statusOf(path))
      expect(await Promise.all(statuses)).not.toContain(404)
    })

    const statusOf = async (path: string) => {
      const response = await send(path)
      await response.text()
      return response.status
    }

    it(`${name} passes a JSON body on and returns the result of a buffered run`, async () => {
      const response = await run({ message: 'Hi, «Zoë» ✓' })
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ output: 'Hello!' })
    })

    it(`${name} streams a run as NDJSON`, async () => {
      const response = await run({ message: 'hi', stream: true })
      expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
      const lines = await readLines(response).rest()
      expect(lines.at(-1)).toMatchObject({ type: 'final', output: 'Hello!' })
    })

    it(`${name} passes on a Location that can be followed as it is`, async () => {
      const response = await run({ message: 'hi' }, { headers: { prefer: 'respond-async' } })
      expect(response.status).toBe(202)
      const { id } = (await response.json()) as { id: string }
      const location = new URL(response.headers.get('location') ?? '', response.url)
      const followed = await fetch(location)
      expect(followed.status).toBe(200)
      expect(await followed.json()).toMatchObject({ id })
    })

    it(`${name} passes on error responses of the studio`, async () => {
      const response = await send('/internal/runs/missing')
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ error: { code: 'not_found' } })
    })

    it(`${name} cancels the stream when the client disconnects`, async () => {
      const leaving = new AbortController()
      const body = { message: 'slowly', stream: true, cancelOnDisconnect: true }
      const response = await run(body, { signal: leaving.signal })
      await response.body?.getReader().read() // the first events arrive while the run is in progress
      leaving.abort()
      const location = new URL(response.headers.get('location') ?? '', response.url)
      await vi.waitFor(
        async () => {
          expect(await (await fetch(location)).json()).toMatchObject({ status: 'cancelled' })
        },
        { timeout: 15_000, interval: 50 },
      )
    })
  })
}
