import { StudioError } from '../../errors.ts'
import { checkSchema } from '../../health/check-schema.ts'
import type { IntrospectionModule } from '../../introspection/module.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { Proof } from '../../records/proof.ts'
import type { MigrationPart } from '../ddl/migration-parts.ts'
import type { ChangeModule, Shadow } from '../module.ts'
import { structureChecksum } from '../schema/catalog-structure.ts'
import type { ShadowOutcome, ShadowTrial } from '../shadow-trial.ts'
import { compareStructure } from './compare-structure.ts'
import type { VisibleCatalog } from './visible-catalog.ts'

/** What is tried, and what is expected of it. */
export interface Expectation {
  readonly parts: readonly MigrationPart[]
  readonly catalogs: VisibleCatalog
  readonly predicted: Catalog
  readonly destructive: readonly string[]
}

/**
 * Runs a migration on the shadow and compares the result with what was predicted.
 *
 * @throws StudioError `unprocessable` for a migration that fails there.
 */
export async function prove(
  { shadow, introspection, clock }: Pick<ChangeModule, 'shadow' | 'introspection' | 'clock'>,
  { parts, catalogs, predicted, destructive }: Expectation,
): Promise<Proof> {
  const { whole, hidden } = catalogs
  if (!shadow) return unproved('no shadow is configured: see `changes.shadow`')
  if (whole.partial) return unproved('a table was locked, so the database could not be read whole')
  const structure = await structureChecksum(whole)
  const schemas = whole.schemas.map(({ name }) => name)
  const outcome = await runShadow(shadow, { parts, schemas, structure })
  if (outcome.kind === 'not_made') return unproved(outcome.reason)
  if (outcome.kind === 'other') {
    const [first = 'in details', ...more] = compareStructure(whole, outcome.catalog, hidden)
    const rest = more.length > 0 ? ` and ${more.length} more` : ''
    return unproved(`the copy differs from the database: ${first}${rest}`)
  }
  if (outcome.kind === 'failed') throw failure(outcome, hidden)
  const { catalog, ms } = outcome
  const [found, expected] = [await structureChecksum(catalog), await structureChecksum(predicted)]
  const drift = found === expected ? [] : compareStructure(predicted, catalog, hidden)
  return {
    ran: true,
    types: null,
    ms,
    schemaChecksumAfter: found,
    drift: found === expected || drift.length > 0 ? drift : ['the structure differs in details'],
    lintNew: findNewLint({ introspection, clock }, { before: whole, after: catalog, hidden }),
    destructive,
  }
}

async function runShadow({ run }: Shadow, trial: ShadowTrial): Promise<ShadowOutcome> {
  const call = run as unknown as (given: ShadowTrial) => Promise<ShadowOutcome>
  return call(trial)
}

function unproved(reason: string): Proof {
  return { ran: false, reason, types: null }
}

function failure(
  { statement, error }: Extract<ShadowOutcome, { kind: 'failed' }>,
  hidden: ReadonlySet<string>,
): StudioError {
  const names = [...hidden].map((name) => name.slice(name.indexOf('.') + 1))
  const isTelling = names.some((name) => error.message.includes(name))
  const message = isTelling ? 'something that is not shown stands in the way' : error.message
  return new StudioError(
    'unprocessable',
    `The migration fails on a copy of the database: ${message}`,
    { details: { reason: 'migration_fails', statement, sqlstate: error.code, message } },
  )
}

function findNewLint(
  { introspection, clock }: { introspection: IntrospectionModule } & Pick<ChangeModule, 'clock'>,
  {
    before,
    after,
    hidden,
  }: { readonly before: Catalog; readonly after: Catalog; readonly hidden: ReadonlySet<string> },
): string[] {
  const examine = (catalog: Catalog) =>
    checkSchema(
      { catalog, declared: [], live: catalog.tables.map(toModel), now: clock.now() },
      {
        ...introspection.project.schemaHealth,
      },
    ).issues.filter(({ kind }) => kind === 'lint')
  const known = new Set(examine(before).map(({ id }) => id))
  return examine(after)
    .filter(({ id, schema, table }) => !known.has(id) && !hidden.has(`${schema}.${table}`))
    .slice(0, 20)
    .map(({ message }) => message)
}

function toModel({ schema, name }: { readonly schema: string; readonly name: string }) {
  return { schema, table: name }
}
