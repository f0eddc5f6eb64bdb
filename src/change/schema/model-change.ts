import { z } from 'zod'
import { defaultSchema } from './default-value.ts'
import { knownNameSchema, newNameSchema } from './new-name.ts'

const table = {
  schema: knownNameSchema.optional().describe('The schema of the table; `public` unless given.'),
  table: knownNameSchema,
}
const columns = z.array(knownNameSchema).min(1).max(32)
const type = z.string().max(200).describe('For example `varchar(80)`, `integer[]`, or `shop.mood`.')

const newColumnSchema = z.strictObject({
  name: newNameSchema,
  type,
  nullable: z.boolean().optional().describe('True unless given.'),
  default: defaultSchema.optional(),
  identity: z.enum(['always', 'by default']).optional().describe('For a whole number.'),
})

/** A column that a change creates. */
export type NewColumn = z.infer<typeof newColumnSchema>

const checkSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('compare'),
    column: knownNameSchema,
    operator: z.enum(['>', '>=', '<', '<=', '<>']),
    value: z.int().min(-2_147_483_647).max(2_147_483_647),
  }),
  z.strictObject({
    kind: z.literal('one_of'),
    column: knownNameSchema,
    values: z.array(z.string().min(1).max(200)).min(2).max(100),
  }),
])

/** The condition of a check that a change creates. */
export type NewCheck = z.infer<typeof checkSchema>

const action = z.enum(['NO ACTION', 'RESTRICT', 'CASCADE', 'SET NULL'])

const tableChanges = [
  z.strictObject({
    op: z.literal('create_table'),
    schema: table.schema,
    table: newNameSchema,
    columns: z.array(newColumnSchema).min(1).max(500),
    primary_key: columns.optional(),
  }),
  z.strictObject({ op: z.literal('drop_table'), ...table }),
  z.strictObject({ op: z.literal('rename_table'), ...table, to: newNameSchema }),
] as const

const columnChanges = [
  z.strictObject({ op: z.literal('add_column'), ...table, column: newColumnSchema }),
  z
    .strictObject({
      op: z.literal('alter_column'),
      ...table,
      column: knownNameSchema,
      type: type.optional(),
      nullable: z.boolean().optional(),
      default: defaultSchema.nullable().optional().describe('Null drops the default.'),
    })
    .refine((one) => 'type' in one || 'nullable' in one || 'default' in one, {
      error: 'Give at least one of type, nullable and default',
    }),
  z.strictObject({ op: z.literal('drop_column'), ...table, column: knownNameSchema }),
  z.strictObject({
    op: z.literal('rename_column'),
    ...table,
    column: knownNameSchema,
    to: newNameSchema,
  }),
] as const

const keyChanges = [
  z.strictObject({
    op: z.literal('add_index'),
    ...table,
    columns,
    unique: z.boolean().optional(),
    name: newNameSchema.optional(),
  }),
  z.strictObject({ op: z.literal('drop_index'), ...table, name: knownNameSchema }),
  z.strictObject({
    op: z.literal('add_unique'),
    ...table,
    columns,
    name: newNameSchema.optional(),
  }),
  z.strictObject({
    op: z.literal('add_foreign_key'),
    ...table,
    columns,
    target: z.strictObject({ schema: table.schema, table: knownNameSchema, columns }),
    on_delete: action.optional(),
    on_update: action.optional(),
    name: newNameSchema.optional(),
  }),
  z.strictObject({
    op: z.literal('add_check'),
    ...table,
    check: checkSchema,
    name: newNameSchema,
  }),
  z.strictObject({ op: z.literal('drop_constraint'), ...table, name: knownNameSchema }),
] as const

/** One change of the model, by `op`. Names and types are data; no part of it is SQL. */
export const modelChangeSchema = z
  .discriminatedUnion('op', [...tableChanges, ...columnChanges, ...keyChanges])
  .meta({ id: 'ModelChange', description: 'One change of the tables, without any SQL.' })

/** A list of changes, each of which sees the result of those before it. */
export const modelChangesSchema = z.array(modelChangeSchema).min(1).max(100)

/** One change of the model: `create_table`, `add_column`, … */
export type ModelChange = z.infer<typeof modelChangeSchema>

/** The change with one of these `op`s. */
export type ChangeOf<Op extends ModelChange['op']> = Extract<ModelChange, { op: Op }>
