/** The few globals that differ between runtimes; each exists on some hosts only. */
export interface HostGlobals {
  readonly Bun?: { readonly version?: string }
  readonly Deno?: { readonly version?: { readonly deno?: string } }
  readonly navigator?: { readonly userAgent?: string }
  readonly performance?: { readonly timeOrigin?: number; now?(): number }
  readonly process?: {
    readonly pid?: number
    readonly versions?: { readonly node?: string }
    readonly env?: Readonly<Record<string, string | undefined>>
  }
}

/** Reads an environment variable. Returns undefined when it is unset or empty, or when the host denies access. */
export function readVariable(name: string, scope: object = globalThis): string | undefined {
  try {
    return (scope as HostGlobals).process?.env?.[name] || undefined
  } catch {
    return undefined // Deno without --allow-env throws
  }
}
