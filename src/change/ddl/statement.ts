import type { FixEffect, LockMode } from '../../health/kit/fix-effect.ts'

/** One DDL statement, with everything that a person decides on. */
export interface DdlStatement {
  /** Ends with a semicolon. Every name is qualified and, where needed, quoted. */
  readonly sql: string
  /** The lock on tables that existed before, and whether the statement rewrites one. */
  readonly effect: FixEffect
  /**
   * `shared` runs in the same transaction as the statement before it; `own` starts a new one, because it takes a long time
   * under a weak lock and must not do so under the lock of another statement; `none` is refused inside of a transaction.
   */
  readonly transaction: 'shared' | 'own' | 'none'
  /** The statements that give back exactly the structure from before, in order; null when that is not possible. */
  readonly reverse: readonly string[] | null
  /** The objects whose data is lost, such as `column shop.orders.note`. */
  readonly destroys: readonly string[]
  /** What to do before the statement runs, or what may make it fail; null without advice. */
  readonly note: string | null
  /** The position of the change that the statement belongs to, from 0. */
  readonly change: number
}

/** A statement of one change, before it is known which change that is. */
export type DraftStatement = Omit<DdlStatement, 'change'>

/** Completes a draft: a shared statement under a lock that rewrites nothing, destroys nothing, and needs no advice. */
export function draft(
  sql: string,
  lock: LockMode | null,
  rest: Pick<DraftStatement, 'reverse'> & Partial<Omit<DraftStatement, 'sql'>>,
): DraftStatement {
  return {
    sql,
    effect: { lock, rewrites: false },
    transaction: 'shared',
    destroys: [],
    note: null,
    ...rest,
  }
}
