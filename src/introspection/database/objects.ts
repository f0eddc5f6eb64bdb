import { StudioError } from '../../errors.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { IntrospectionModule } from '../module.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { protocolLevel } from '../wire.ts'
import { listGrants } from './grants.ts'
import { toSeenTables, toTable } from './seen.ts'
import type { ListedObject, ObjectKind, ObjectList } from './wire.ts'

/** Answers `GET /ai/context/database/:kind` within the scope of a request. */
export function answerObjects(
  kind: string,
  { withScope }: IntrospectionModule,
  exchange: Exchange,
): Promise<ObjectList> {
  return withScope(exchange, (scope) => listObjects(kind, scope))
}

/**
 * Lists objects of one kind. Objects of tables that clients may not see, and those of extensions, are left out.
 *
 * @throws StudioError `not_found` for another kind, `unavailable` while the catalog was never read.
 */
async function listObjects(kind: string, scope: RequestScope): Promise<ObjectList> {
  if (!isKind(kind)) {
    const names = [...Object.keys(lists), 'grants'].sort().join(', ')
    throw new StudioError('not_found', `There is no list "${kind.slice(0, 64)}". Lists: ${names}`)
  }
  const snapshot = await scope.snapshot()
  const { catalog } = snapshot
  if (!catalog) throw new StudioError('unavailable', 'The catalog of the database is not known')
  const items =
    kind === 'grants'
      ? await listGrants(toSeenTables(catalog, snapshot), scope)
      : lists[kind](catalog, snapshot)
  // The kind and its items belong together, which the compiler cannot follow through the table of lists.
  return { kind, items, count: items.length, version: protocolLevel } as ObjectList
}

function isKind(kind: string): kind is ObjectKind {
  return kind === 'grants' || Object.hasOwn(lists, kind)
}

type Listed = { readonly [Kind in ObjectKind]: ListedObject<Kind>[] }

const lists: {
  readonly [Kind in Exclude<ObjectKind, 'grants'>]: (
    catalog: Catalog,
    snapshot: Snapshot,
  ) => Listed[Kind]
} = {
  functions: ({ functions }) =>
    functions
      .filter(({ extension }) => extension === null)
      .map(({ schema, name, kind, returns, language, volatility, comment, ...rest }) => ({
        schema,
        name,
        kind,
        arguments: rest.arguments,
        returns,
        language,
        volatility,
        security_definer: rest.isSecurityDefiner,
        comment,
      })),
  triggers: (catalog, snapshot) =>
    toSeenTables(catalog, snapshot).flatMap(({ model, relation, show }) =>
      relation.triggers.map((trigger) => ({
        ...toTable(model, relation),
        name: trigger.name,
        enabled: trigger.enabled,
        function: trigger.function,
        definition: show(trigger.definition),
      })),
    ),
  policies: (catalog, snapshot) =>
    toSeenTables(catalog, snapshot).flatMap(({ model, relation, show }) =>
      relation.policies.map((policy) => {
        const [using, check] = [show(policy.using), show(policy.withCheck)]
        return {
          ...toTable(model, relation),
          name: policy.name,
          permissive: policy.isPermissive,
          command: policy.command,
          roles: [...policy.roles],
          using,
          with_check: check,
          withheld: using !== policy.using || check !== policy.withCheck,
        }
      }),
    ),
  sequences: (catalog, snapshot) => listSequences(catalog, snapshot),
  types: (catalog) => listTypes(catalog),
  views: ({ views }, snapshot) =>
    snapshot.views.flatMap((model) => {
      const view = views.find(({ name, schema }) => name === model.table && schema === model.schema)
      if (!view) return []
      const columns = model.fields.filter(({ sensitive }) => !sensitive)
      return [
        {
          ...toTable(model, view),
          kind: view.kind,
          columns: columns.map(({ column }) => column),
          populated: view.isPopulated,
          comment: view.comment,
        },
      ]
    }),
}

/** A sequence that a column owns is listed if its column is visible. */
function listSequences(catalog: Catalog, { models }: Snapshot): ListedObject<'sequences'>[] {
  return catalog.sequences
    .filter(({ extension, ownedBy }) => {
      if (extension !== null) return false
      if (!ownedBy) return true
      const model = models.find(
        ({ table, schema }) => table === ownedBy.table && (schema ?? 'public') === ownedBy.schema,
      )
      return model?.fields.some(({ column, sensitive }) => column === ownedBy.column && !sensitive)
    })
    .map(
      ({ schema, name, type, start, increment, minimum, maximum, cycles, ownedBy, comment }) => ({
        schema,
        name,
        type,
        start,
        increment,
        minimum,
        maximum,
        cycles,
        owned_by: ownedBy && { table: ownedBy.table, column: ownedBy.column },
        comment,
      }),
    )
}

function listTypes({ enums, domains, composites }: Catalog): ListedObject<'types'>[] {
  const none = { labels: null, base_type: null, not_null: null, checks: null, attributes: null }
  const own = <T extends { readonly extension: string | null }>(types: readonly T[]) =>
    types.filter(({ extension }) => extension === null)
  return [
    ...own(enums).map(({ schema, name, labels, comment }) => {
      return { schema, name, kind: 'enum' as const, ...none, labels: [...labels], comment }
    }),
    ...own(domains).map(({ schema, name, type, notNull, checks, comment }) => ({
      schema,
      name,
      kind: 'domain' as const,
      ...none,
      base_type: type,
      not_null: notNull,
      checks: checks.map((check) => ({ name: check.name, definition: check.definition })),
      comment,
    })),
    ...own(composites).map(({ schema, name, attributes, comment }) => {
      return {
        schema,
        name,
        kind: 'composite' as const,
        ...none,
        attributes: [...attributes],
        comment,
      }
    }),
  ]
}
