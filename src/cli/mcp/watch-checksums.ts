import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Target } from '../target.ts'

/** How often to look for changes, in milliseconds. */
const intervalMs = 5_000

const checksumsSchema = z.object({ checksums: z.record(z.string(), z.string()) })

/** Calls `onChange` after the checksums of a Studio changed, until `signal` aborts. A Studio that fails is asked again later. */
export function watchChecksums(target: Target, signal: AbortSignal, onChange: () => void): void {
  let last: string | null = null
  const look = async () => {
    const { checksums } = checksumsSchema.parse(await target.read('/studio/handshake', signal))
    const now = JSON.stringify(checksums)
    if (last !== null && now !== last) onChange()
    last = now
  }
  const watch = async () => {
    while (!signal.aborted) {
      await look().catch(() => undefined)
      await sleep(intervalMs, undefined, { signal, ref: false })
    }
  }
  void watch().catch(() => undefined) // the sleep rejects when it is aborted
}
