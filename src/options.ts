import { type Authenticate, bearerToken } from './http/guards.ts'
import { type Clock, systemClock } from './lib/clock.ts'
import type { Database } from './project/database.ts'
import type { Project } from './project/project.ts'

/** Options of `Studio`; every one has a default. */
export interface StudioOptions {
  /** The project under study. @default an unnamed project without models */
  project?: Project
  /** What is introspected. @default none */
  database?: Database
  /** Browser origins let in besides the request's own, letter by letter; `*` lets all in. @default [] */
  allowedOrigins?: readonly string[]
  /** Accepted `Host` names, with or without port. @default any; loopback names where the listener is on loopback */
  allowedHosts?: readonly string[]
  /** A bearer token, or a function from the request to its caller. @default everybody is let in */
  auth?: { readonly token: string } | Authenticate
  /** Mounts every route below this prefix. @default '' */
  basePath?: string
  /** Limits of what is accepted. */
  limits?: { /** Longest request body. @default 1_048_576 */ bodyBytes?: number }
  /** Gets every masked failure, never a client's mistake. @default console.error */
  onError?: (error: unknown, request: Request) => void
  /** Where time comes from. @default the host's clock */
  clock?: Clock
}

/** Options after defaults. */
export type ResolvedOptions = ReturnType<typeof resolveOptions>

/** Fills in the defaults, once. */
export function resolveOptions(options: StudioOptions) {
  const { auth, basePath = '' } = options
  return {
    project: options.project ?? { name: 'Studio', version: '0.0.0' },
    database: options.database ?? null,
    allowedOrigins: options.allowedOrigins ?? [],
    allowedHosts: options.allowedHosts,
    auth: auth && 'token' in auth ? bearerToken(auth.token) : auth,
    basePath: basePath.replace(/\/+$/, ''),
    bodyBytes: options.limits?.bodyBytes ?? 1_048_576,
    onError: options.onError ?? ((error: unknown) => console.error(error)),
    clock: options.clock ?? systemClock,
  }
}
