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
