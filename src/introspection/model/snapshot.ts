import type { Model } from '../../project/model.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { Resource } from '../../project/project.ts'
import type { ColumnsByTable } from '../../project/models/lineage.ts'
import type { MigrationOverview } from '../../migrations/core/overview.ts'
import type { ProjectRoute } from '../../project/routes.ts'
import type { StudioTool } from './tool.ts'
import type { Checksums } from '../wire.ts'

/** A model and the app it belongs to. */
export interface AppModel extends Model {
  readonly app: string
}

/** Everything known of a project at one moment. Views of it are pure. */
export interface Snapshot {
  /** Of the schemas that the sources of the project use, or of all when none says. Null when it could not be read. */
  readonly catalog: Catalog | null
  /** What clients may know of, sorted by app, then name. Fields are all there, those to keep back marked `sensitive`. */
  readonly models: readonly AppModel[]
  /** The project's resources of these models. */
  readonly resources: readonly Resource[]
  /** All models as they were declared, also those clients may not know of: to compare with, never to show. */
  readonly declaredModels: readonly AppModel[]
  /** Those that are sensitive for what they are made of too. Null when the database could not say: then no data may leave. */
  readonly sensitiveColumns: ColumnsByTable | null
  readonly migrations: MigrationOverview
  /** The project's and Studio's own, sorted by path, then method. */
  readonly routes: readonly ProjectRoute[]
  /** What AI clients may call, sorted by name. */
  readonly tools: readonly StudioTool[]
  readonly checksums: Checksums
  /** What could not be read or does not fit together, in words that are safe to send. */
  readonly problems: readonly string[]
}
