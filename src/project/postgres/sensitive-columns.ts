import { append } from '../../lib/groups.ts'
import { giveWay, inTurns, mapSteps } from '../../lib/steps/turns.ts'
import type { DatabaseReader } from '../database.ts'
import {
  type ColumnsByTable,
  findSensitive,
  followEdges,
  type LineageEdge,
  type LineageRelation,
  toColumnsByTable,
  toColumnKey,
} from '../models/lineage.ts'
import type { Model } from '../model.ts'
import { parseViewRule } from './rule-tree.ts'

/** One row of `edgesSelect`: `to` uses `from`. A position of 0 means the whole relation. */
type Use = readonly [
  kind: 'view' | 'generated' | 'inherited' | 'references',
  to: string,
  toPosition: number,
  from: string,
  fromPosition: number,
]

/** Selects which columns use which. PostgreSQL 14 records generated columns differently, hence the inner UNION. */
const edgesSelect = `
  select 'view' as kind, r.ev_class as target, 0 as position, d.refobjid as source, d.refobjsubid as part
    from pg_catalog.pg_class v
    join pg_catalog.pg_namespace n on n.oid = v.relnamespace and n.nspname !~ '^(pg_|information_schema$)'
    join pg_catalog.pg_rewrite r on r.ev_class = v.oid and r.ev_type = '1'
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
      and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid <> v.oid
    where v.relkind in ('v', 'm')
  union all
  select 'generated', a.attrelid, a.attnum, d.refobjid, d.refobjsubid
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
    cross join lateral (
      select * from pg_catalog.pg_depend
        where classid = 'pg_catalog.pg_attrdef'::regclass and objid = f.oid
      union all
      select * from pg_catalog.pg_depend
        where classid = 'pg_catalog.pg_class'::regclass and objid = a.attrelid and objsubid = a.attnum
    ) d
    where a.attgenerated <> '' and d.refclassid = 'pg_catalog.pg_class'::regclass
      and d.refobjid = a.attrelid and d.refobjsubid not in (0, a.attnum)
  union all
  select 'inherited', i.inhrelid, 0, i.inhparent, 0
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relkind in ('r', 'p', 'f')
  union all
  select 'references', k.conrelid, part.own, k.confrelid, part.other
    from pg_catalog.pg_constraint k
    cross join lateral unnest(k.conkey, k.confkey) part(own, other)
    where k.contype = 'f' and (k.conrelid, part.own) <> (k.confrelid, part.other)`

/**
 * Selects the views that call a function which may read tables by itself. No catalog says what it reads, so what such a view
 * computes is treated as secret. A function that is `immutable` reads none.
 */
const callsSelect = `
  select r.ev_class as target
    from pg_catalog.pg_class v
    join pg_catalog.pg_namespace n on n.oid = v.relnamespace and n.nspname !~ '^(pg_|information_schema$)'
    join pg_catalog.pg_rewrite r on r.ev_class = v.oid and r.ev_type = '1'
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
      and d.refclassid = 'pg_catalog.pg_proc'::regclass
    join pg_catalog.pg_proc p on p.oid = d.refobjid and p.provolatile <> 'i'
      and p.pronamespace <> 'pg_catalog'::regnamespace
    where v.relkind in ('v', 'm')`

/** Stands for everything that functions read. */
const opaque = toColumnKey('function', 0)

const selects = {
  calls: `select distinct c.target::text from (${callsSelect}) c`,
  uses: `select e.kind, e.target::text, e.position::int, e.source::text, e.part::int from (${edgesSelect}) e`,
  relations: `
    select c.oid::text, n.nspname::text, c.relname::text, pg_catalog.pg_table_is_visible(c.oid),
      json_agg(json_build_array(a.attnum, a.attname) order by a.attnum)::text
    from (select target from (${edgesSelect}) e union select source from (${edgesSelect}) e
      union select target from (${callsSelect}) c) used(oid)
    join pg_catalog.pg_class c on c.oid = used.oid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    group by 1, 2, 3, 4
    order by n.nspname::text collate "C", c.relname::text collate "C"`,
}

/**
 * Finds the columns of models that are sensitive directly or by derivation: through views, generated columns, partitions,
 * inheritance and foreign keys, which hold the very values they reference, or because another model of the same table marks
 * them, or because a view computes them with a function whose reads are unknown. The role needs no privilege to read data.
 */
export async function readSensitiveColumns(
  database: DatabaseReader,
  models: readonly Model[],
): Promise<ColumnsByTable> {
  if (models.length === 0) return {}
  const rows = await database.read(selects)
  const uses = rows.uses as unknown as readonly Use[]
  const relations = await inTurns(mapSteps(rows.relations, toRelation))
  const calling = new Set(rows.calls.map(([oid]) => String(oid)))
  const { sensitive, declassified } = await inTurns(findSensitive(relations, models))
  const views = findViewsBelow(sensitive, calling, uses)
  const rules = views.length > 0 ? await readRules(database, views) : new Map<string, string>()
  await giveWay()
  const edges = toEdges({ uses, relations, rules, calling })
  await giveWay()
  const found = followEdges(new Set([...sensitive, opaque]), declassified, edges)
  await giveWay()
  return inTurns(toColumnsByTable(models, relations, found))
}

function toRelation(row: readonly unknown[]): LineageRelation {
  const [oid, schema, name, isVisible, columns] = row as [string, string, string, boolean, string]
  return {
    oid,
    schema,
    name,
    isVisible,
    columns: JSON.parse(columns) as LineageRelation['columns'],
  }
}

/**
 * Finds the views that read, directly or through others, a table with a sensitive column or a view that calls an opaque
 * function, and those views themselves. Only their rules matter.
 */
function findViewsBelow(
  sensitive: ReadonlySet<string>,
  calling: ReadonlySet<string>,
  uses: readonly Use[],
): string[] {
  const tables = new Set([
    ...[...sensitive].map((key) => key.slice(0, key.indexOf('.'))),
    ...calling,
  ])
  const edges = uses.flatMap(([kind, to, , from]): LineageEdge[] =>
    kind === 'inherited'
      ? [
          [from, to],
          [to, from],
        ]
      : [[from, to]],
  )
  const below = followEdges(tables, new Set(), edges)
  const views = new Set([
    ...uses.flatMap(([kind, to]) => (kind === 'view' ? [to] : [])),
    ...calling,
  ])
  return [...views].filter((oid) => below.has(oid))
}

async function readRules(
  database: DatabaseReader,
  views: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const oids = views.map((oid) => Number(oid)).join(', ')
  const { rules } = await database.read({
    rules: `select ev_class::text, ev_action::text from pg_catalog.pg_rewrite
      where ev_type = '1' and ev_class in (${oids})`,
  })
  return new Map(rules as unknown as readonly (readonly [string, string])[])
}

function toEdges({
  uses,
  relations,
  rules,
  calling,
}: {
  readonly uses: readonly Use[]
  readonly relations: readonly LineageRelation[]
  readonly rules: ReadonlyMap<string, string>
  readonly calling: ReadonlySet<string>
}): LineageEdge[] {
  const byOid = new Map(relations.map((relation) => [relation.oid, relation]))
  const edges: LineageEdge[] = []
  const used = new Map<string, Use[]>()
  for (const use of uses) {
    const [kind, to, toPosition, from, fromPosition] = use
    if (kind === 'generated' || kind === 'references') {
      edges.push([toColumnKey(from, fromPosition), toColumnKey(to, toPosition)])
    } else if (kind === 'inherited') {
      edges.push(...toInherited(byOid.get(from), byOid.get(to)))
    } else if (rules.has(to)) append(used, to, use)
  }
  for (const [view, rule] of rules) {
    const relation = byOid.get(view)
    const known = { uses: used.get(view) ?? [], byOid, isCalling: calling.has(view) }
    if (relation) edges.push(...toViewEdges(relation, rule, known))
  }
  return edges
}

/** Connects columns of the same name in both directions, because a parent table returns the rows of its children. */
function toInherited(
  parent: LineageRelation | undefined,
  child: LineageRelation | undefined,
): LineageEdge[] {
  const positions = new Map(child?.columns.map(([position, name]) => [name, position]))
  return (parent?.columns ?? []).flatMap(([position, name]): LineageEdge[] => {
    const other = positions.get(name)
    if (!parent || !child || other === undefined) return []
    const pair = [toColumnKey(parent.oid, position), toColumnKey(child.oid, other)] as const
    return [pair, [pair[1], pair[0]]]
  })
}

/** Connects a copied column to its origin, and a computed column to every column that the view uses or may use. */
function toViewEdges(
  view: LineageRelation,
  rule: string,
  known: {
    readonly uses: readonly Use[]
    readonly byOid: ReadonlyMap<string, LineageRelation>
    readonly isCalling: boolean
  },
): LineageEdge[] {
  const { copied, usesWholeRows } = parseViewRule(rule)
  const parts = known.isCalling ? [opaque] : []
  const read = known.uses.flatMap(([, , , from, position]) => [
    ...(position > 0 ? [toColumnKey(from, position)] : []),
    ...(usesWholeRows
      ? (known.byOid.get(from)?.columns ?? []).map(([each]) => toColumnKey(from, each))
      : []),
  ])
  return view.columns.flatMap(([position]): LineageEdge[] => {
    const to = toColumnKey(view.oid, position)
    const origin = copied.get(position)
    if (origin) return [[toColumnKey(origin.oid, origin.position), to]]
    return [...new Set([...parts, ...read])].map((from) => [from, to])
  })
}
