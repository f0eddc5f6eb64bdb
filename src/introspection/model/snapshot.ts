import type { MigrationOverview } from '../../migrations/core/overview.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { Model } from '../../project/model.ts'
import type { ColumnsByTable } from '../../project/models/lineage.ts'
import type { Resource } from '../../project/project.ts'
import type { ProjectRoute } from '../../project/routes.ts'
import type { Checksums } from '../introspection-answers.ts'
import type { StudioTool } from './tool.ts'

/** A model together with the label of its app. */
export interface AppModel extends Model {
  readonly app: string
}

/**
 * Everything known about a project at one moment (docs/decisions/010-one-snapshot-many-views.md). As long as nothing changes,
 * all requests get the same object, so whatever is derived from a snapshot can be cached in a `WeakMap`.
 */
export interface Snapshot {
  /** Covers the schemas that the model sources name, or all schemas if none is named. Null if it could not be read. */
  readonly catalog: Catalog | null
  /** The models that clients may see, sorted by app, then name. Fields to withhold are included and marked `sensitive`. */
  readonly models: readonly AppModel[]
  /**
   * The views and materialized views that clients may see, as models, sorted like them. Only queries and descriptions of the
   * database name them: nothing declares a view, so that counts, checksums and comparisons are about tables.
   */
  readonly views: readonly AppModel[]
  /** The project's resources whose model is visible or unknown. */
  readonly resources: readonly Resource[]
  /** All models as declared, including hidden ones. For comparisons only; never send them to a client. */
  readonly declaredModels: readonly AppModel[]
  /**
   * Columns that are sensitive, directly or because a view derives them from sensitive ones. Null without a database, and if
   * the lineage was never read.
   */
  readonly sensitiveColumns: ColumnsByTable | null
  /**
   * Whether it is known which fields are sensitive. While it is `unknown`, because the models or their lineage were never
   * read, no row may leave: neither by a query nor by a tool.
   */
  readonly exposure: 'known' | 'unknown'
  readonly migrations: MigrationOverview
  /** The routes of the project and of Studio, sorted by path, then method. */
  readonly routes: readonly ProjectRoute[]
  /** The tools that AI clients may call, sorted by name. */
  readonly tools: readonly StudioTool[]
  readonly checksums: Checksums
  /** What could not be read or does not fit together, in words that are safe to send. */
  readonly problems: readonly string[]
}
