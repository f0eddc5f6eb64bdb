import type { HostGlobals } from '../../lib/environment.ts'
import { detectRuntime } from '../../lib/host-runtime.ts'

/** What the host tells about the process. Null where it does not. */
interface HostProcess {
  readonly pid: number | null
  /** Milliseconds since 1970-01-01 UTC. */
  readonly startedAt: number | null
  readonly uptimeMs: number | null
}

/** Reads the id and the age of the process. Workers have neither, and their clock starts at zero. */
export function readProcess(scope: object = globalThis): HostProcess {
  const { process, performance } = scope as HostGlobals
  const origin = performance?.timeOrigin ?? 0
  const isKnown = origin > 0 && detectRuntime(scope).name !== 'workerd'
  return {
    pid: typeof process?.pid === 'number' && process.pid > 0 ? process.pid : null,
    startedAt: isKnown ? origin : null,
    uptimeMs: isKnown ? (performance?.now?.() ?? null) : null,
  }
}
