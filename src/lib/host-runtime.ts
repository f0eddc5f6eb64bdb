import type { HostGlobals } from './environment.ts'

/** The JavaScript runtime that executes this code. `version` is null where the host does not expose it. */
export interface HostRuntime {
  readonly name: string
  readonly version: string | null
}

/** Detects the runtime by its globals: `bun`, `deno`, `workerd` or `node`; any other is `unknown`. */
export function detectRuntime(scope: object = globalThis): HostRuntime {
  const { Bun, Deno, navigator, process } = scope as HostGlobals
  if (Bun?.version) return { name: 'bun', version: Bun.version }
  if (Deno?.version?.deno) return { name: 'deno', version: Deno.version.deno }
  if (navigator?.userAgent === 'Cloudflare-Workers') return { name: 'workerd', version: null }
  if (process?.versions?.node) return { name: 'node', version: process.versions.node }
  return { name: 'unknown', version: null }
}

/** Returns the name and the version of the runtime, such as `node 20.20.2`. */
export function describeRuntime({ name, version } = detectRuntime()): string {
  return [name, version].filter(Boolean).join(' ')
}

/** What the host tells about the process. Null where it does not. */
export interface HostProcess {
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
