/** What runs this code. `version` is null where the host does not tell. */
export interface Runtime {
  readonly name: string
  readonly version: string | null
}

/** The few globals that tell runtimes apart, each present on some hosts only. */
interface Scope {
  readonly Bun?: { readonly version?: string }
  readonly Deno?: { readonly version?: { readonly deno?: string } }
  readonly navigator?: { readonly userAgent?: string }
  readonly process?: {
    readonly versions?: { readonly node?: string }
    readonly env?: Readonly<Record<string, string | undefined>>
  }
}

/** Tells the host by its globals: `bun`, `deno`, `workerd` or `node`; anything else is `unknown`. */
export function detectRuntime(scope: object = globalThis): Runtime {
  const { Bun, Deno, navigator, process } = scope as Scope
  if (Bun?.version) return { name: 'bun', version: Bun.version }
  if (Deno?.version?.deno) return { name: 'deno', version: Deno.version.deno }
  if (navigator?.userAgent === 'Cloudflare-Workers') return { name: 'workerd', version: null }
  if (process?.versions?.node) return { name: 'node', version: process.versions.node }
  return { name: 'unknown', version: null }
}

/** Reads one environment variable; undefined when it is unset, empty, or the host keeps it to itself. */
export function readVariable(name: string, scope: object = globalThis): string | undefined {
  try {
    return (scope as Scope).process?.env?.[name] || undefined
  } catch {
    return undefined // Deno without --allow-env throws
  }
}
