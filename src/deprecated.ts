// the database's catalog lives in `fetch-studio/postgres`; these aliases stay for code written before it did
export type {
  /** @deprecated Import it from `fetch-studio/postgres`. */
  Catalog,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogColumn,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogComposite,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogDomain,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogEnum,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogExtension,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogFunction,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogSchema,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogSequence,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogTable,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogView,
} from './project/catalog/catalog.ts'
export type {
  /** @deprecated Import it from `fetch-studio/postgres`. */
  ObjectName,
} from './project/catalog/object-name.ts'
export type {
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogCheck,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogForeignKey,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogIndex,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogIndexKey,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogKey,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  ReferenceAction,
} from './project/catalog/constraints.ts'
export type {
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogPolicy,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogTrigger,
  DisabledForeignKey,
} from './project/catalog/relations.ts'
export type {
  /** @deprecated Import it from `fetch-studio/postgres`. */
  CatalogStatistics,
  /** @deprecated Import it from `fetch-studio/postgres`. */
  TableStatistics,
} from './project/catalog/statistics.ts'
