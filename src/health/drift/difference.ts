import type { Model } from '../../project/model.ts'
import type { FixEffect } from '../kit/fix-effect.ts'
import type { DriftKind, Issue, Subject } from '../kit/issue.ts'
import type { Severity } from '../../project/schema-health-options.ts'

/** A model that is written in code, with the app that it belongs to. */
export interface DeclaredModel extends Model {
  readonly app: string
}

/** One difference between a model and the database, before it becomes an issue. */
export interface Difference {
  readonly kind: DriftKind
  readonly model: DeclaredModel | null
  readonly schema: string
  readonly table: string
  /** The columns that differ; none when the difference is about the table itself. */
  readonly columns?: readonly string[]
  readonly expected: object | null
  readonly actual: object | null
  readonly message: string
  readonly hint: string
  readonly fix?: string | null
  readonly effect?: FixEffect | null
  readonly severity?: Severity
}

// Severities and tags as in docs/contracts/introspection.md, 4.9.
const defaults: Readonly<Record<DriftKind, readonly [Severity, ...tags: string[]]>> = {
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

/**
 * Turns a difference into an issue. The id is the app, the model (for a table without a model, the table), the columns and the
 * kind, joined by dots.
 */
export function toDriftIssue(difference: Difference): Issue {
  const {
    kind,
    model,
    schema,
    table,
    columns = [],
    severity,
    fix = null,
    effect = null,
    ...rest
  } = difference
  const [defaultSeverity, ...tags] = defaults[kind]
  const place = model ? [model.app, model.name] : schema === 'public' ? [table] : [schema, table]
  const [column = null, ...more] = columns
  const whole: Subject = { kind: 'table', schema, table, name: table }
  return {
    ...rest,
    id: [...place, ...(columns.length > 0 ? [columns.join('+')] : []), kind].join('.'),
    kind,
    rule: kind,
    severity: severity ?? defaultSeverity,
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
    effect,
    why: null,
    link: null,
    tags,
  }
}
