import type { Exchange } from '../http/exchange.ts'
import type { IntrospectionModule } from '../introspection/module.ts'
import type { Clock, Ids } from '../lib/clock.ts'
import type { Migrator } from '../project/migrator.ts'
import type { ChangeStore, Stores } from '../storage/store.ts'
import type { ChangeKind } from '../records/change.ts'
import type { ChangePolicy } from './policy.ts'
import type { WorkspaceFiles } from './workspace.ts'

/** When a change set needs the decision of a person before it is applied. */
export type ApprovalNeed = 'always' | 'destructive' | 'never'

/**
 * A copy of the database on which migrations are tried before anybody sees them; `postgresShadow` of `fetch-studio/postgres`
 * makes it (docs/guides/change.md).
 */
export interface Shadow {
  /** Tries one migration. Only the endpoints of change sets call it. */
  readonly run: (trial: never) => Promise<unknown>
}

/** Whether a change set must be proved before its files are written. */
export type ProofNeed = 'required' | 'optional'

/**
 * The file with the models of an app, which changes together with its migrations. Previews show the file whole, with the tables
 * that the project does not expose.
 */
export interface ModelCode {
  /**
   * How the models are written: `prisma` is one schema file of Prisma, `drizzle` one TypeScript file with tables of
   * `drizzle-orm/pg-core`, `zod` one TypeScript file with `z.object({ … })` of zod 4. The last two need the package `typescript`,
   * version 5 or 6; without it no change is written, and a note of each change says so.
   */
  readonly kind: 'drizzle' | 'prisma' | 'zod'
  /** The path of the file below the root of the workspace, such as `prisma/schema.prisma` or `src/schema.ts`. `write` must allow it. */
  readonly file: string
}

/** How change sets are decided on and how long they wait. Each has a default. */
export interface ChangeOptions {
  /**
   * `destructive` asks for what takes away a file, most of its lines, a table or a column, or what a copy of the database did not confirm. `never` applies whatever a caller with the header
   * `X-AI-Apply: true` asks for. @default 'always'
   */
  readonly approve?: ApprovalNeed
  /** How long a change set may be decided on and applied, in milliseconds. @default 1_800_000 (30 minutes) */
  readonly expiresMs?: number
  /**
   * Where migrations are tried before they are shown, `postgresShadow()` of `fetch-studio/postgres`. @default none, and a
   * migration says that it is not proved
   */
  readonly shadow?: Shadow
  /**
   * `required` refuses to apply a migration that did not run on the shadow as predicted and, where the workspace has `types`, files
   * of TypeScript that were not checked or bring an error. @default 'optional'
   */
  readonly proof?: ProofNeed
  /**
   * What runs migrations, `sqlMigrator()` of `fetch-studio/postgres` or a function of your own over the tool's API. It is used
   * only if `allow` names `apply_migrations`. @default none
   */
  readonly migrator?: Migrator
  /** How long a migration may take in all, in milliseconds. @default 900_000 (15 minutes) */
  readonly migrateMs?: number
  /**
   * The id of the agent that makes plans of intents, one that `definePlanner` of `fetch-studio/node` made. Its runs propose plans
   * and apply none. @default none, and `POST /ai/plan/preview` takes whole plans only
   */
  readonly planner?: string
  /** The files with the models, by the label of the app. @default none, and a migration changes no code of models */
  readonly models?: Readonly<Record<string, ModelCode>>
  /**
   * Who may approve and reject. That the person who asked cannot approve stays true. @default every caller
   *
   * @example
   * mayDecide: (caller, { files }) => caller?.id === 'ana' || files.every((path) => path.startsWith('docs/'))
   */
  readonly mayDecide?: ChangePolicy
  /** Who may apply, run migrations of change sets, and take back what was applied. @default every caller */
  readonly mayApply?: ChangePolicy
}

/** What change sets need of the engine of a request. */
export interface ChangeEngine {
  readonly stores: Stores
  /** Returns false once the studio closes. */
  readonly accepting: () => boolean
  /** Lets work that does not reject go on after its response; the end of the studio waits for it, within its limit. */
  keep(name: string, work: Promise<void>): Promise<void>
}

/** What the endpoints of change sets share. */
export interface ChangeModule {
  readonly workspace: WorkspaceFiles
  readonly approve: ApprovalNeed
  readonly expiresMs: number
  readonly shadow: Shadow | null
  readonly proof: ProofNeed
  /** Null unless migrations may be run. */
  readonly migrator: Migrator | null
  readonly migrateMs: number
  /** The id of the agent that makes plans; null for none. */
  readonly planner: string | null
  /** The files with the models, by the label of the app. */
  readonly models: ReadonlyMap<string, ModelCode>
  /** Null allows every caller. */
  readonly mayDecide: ChangePolicy | null
  /** Null allows every caller. */
  readonly mayApply: ChangePolicy | null
  /** The kinds of change sets that `allow` names. */
  readonly kinds: readonly ChangeKind[]
  /** How long a process that stopped keeps the folder, in milliseconds. */
  readonly leaseMs: number
  /** The name of this process among those that share the stores. */
  readonly owner: () => string
  readonly clock: Clock
  readonly ids: Ids
  /** True when `auth` is a function, which can tell one person from another. A shared token names no person. */
  readonly namesCallers: boolean
  readonly engineOf: (exchange: Exchange) => ChangeEngine
  readonly storesOf: (exchange: Exchange) => Stores
  readonly changesOf: (stores: Stores) => ChangeStore | undefined
  readonly introspection: IntrospectionModule
  /** The prefix of the paths that clients see. */
  readonly publicPath: string
  /** The ids of the change sets at which this process works without a request. */
  readonly background: Set<string>
  readonly onError: (error: unknown, request?: Request) => void
}

/** A module with the store of one request. */
export interface ChangeWork extends ChangeModule {
  /** When the request began, in milliseconds. */
  readonly startedAt: number
  readonly changes: ChangeStore
}
