import type { Catalog } from '../project/catalog/catalog.ts'
import type { MigrationPart } from './ddl/migration-parts.ts'

/** A migration to try on a copy of the database. */
export interface ShadowTrial {
  readonly parts: readonly MigrationPart[]
  /** The schemas whose catalog is read. */
  readonly schemas: readonly string[]
  /** The checksum of the structure that the copy must have before. */
  readonly structure: string
}

/** What a trial has shown. Reasons and messages are safe to send. */
export type ShadowOutcome =
  | { readonly kind: 'not_made'; readonly reason: string }
  /** The copy has another structure than the database. */
  | { readonly kind: 'other'; readonly catalog: Catalog }
  | { readonly kind: 'failed'; readonly statement: string; readonly error: ShadowFailure }
  | { readonly kind: 'ran'; readonly ms: number; readonly catalog: Catalog }

/** Why a statement failed on the copy. */
export interface ShadowFailure {
  /** The SQLSTATE; empty when the connection was lost. */
  readonly code: string
  readonly message: string
}
