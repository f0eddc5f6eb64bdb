import type { Model } from '../../project/model.ts'
import type { DriftKind, Issue, Subject } from '../kit/issue.ts'
import type { Severity } from '../../project/schema-health-options.ts'

/** A model somebody wrote down, and the app it belongs to. */
export interface DeclaredModel extends Model {
  readonly app: string
}

/** What tells one difference from another, before it is an issue. */
export interface Difference {
  readonly kind: DriftKind
  readonly model: DeclaredModel | null
  readonly schema: string
  readonly table: string
  /** What it is about within the table; none for the table itself. */
  readonly columns?: readonly string[]
  readonly expected: object | null
  readonly actual: object | null
  readonly message: string
  readonly hint: string
  readonly fix?: string | null
  readonly severity?: Severity
}

/** Severities and tags by kind (contract introspection.md 4.9). */
const facts: Readonly<Record<DriftKind, readonly [Severity, ...tags: string[]]>> = {
  missing_table: ['danger', 'migration', 'critical'],
  extra_table: ['warning', 'legacy', 'cleanup'],
  missing_column: ['danger', 'migration', 'data_loss_risk'],
  extra_column: ['warning', 'legacy', 'cleanup'],
  type_mismatch: ['danger', 'type', 'potential_data_loss'],
  nullability_mismatch: ['danger', 'constraint'],
  pk_mismatch: ['danger', 'pk', 'critical'],
  default_mismatch: ['warning', 'default'],
  fk_mismatch: ['warning', 'constraint', 'fk'],
  index_mismatch: ['info', 'index'],
  unique_mismatch: ['warning', 'constraint', 'unique'],
}

/** Makes an issue of a difference; its id joins app, model (or table), columns and kind by dots. */
export function toDriftIssue(difference: Difference): Issue {
  const { kind, model, schema, table, columns = [], severity, fix = null, ...rest } = difference
  const [usual, ...tags] = facts[kind]
  const place = model ? [model.app, model.name] : schema === 'public' ? [table] : [schema, table]
  const [column = null, ...more] = columns
  const whole: Subject = { kind: 'table', schema, table, name: table }
  return {
    ...rest,
    id: [...place, ...(columns.length > 0 ? [columns.join('+')] : []), kind].join('.'),
    kind,
    rule: kind,
    severity: severity ?? usual,
    app: model?.app ?? null,
    model: model?.name ?? null,
    schema,
    table,
    column: more.length > 0 ? null : column,
    objects:
      columns.length > 0
        ? columns.map((name) => ({ kind: 'column' as const, schema, table, name }))
        : [whole],
    fix,
    why: null,
    link: null,
    tags,
  }
}
