import { z } from 'zod'
import { badRequest, StudioError } from '../../errors.ts'
import { parse } from '../../http/parse.ts'
import { jsonObjectSchema } from '../../lib/json.ts'

const fileOperations = [
  'modify_file',
  'replace_text',
  'insert_text',
  'delete_text',
  'add_import',
] as const

/** Operations of the protocol that edit classes of Python. */
const classOperations = [
  'add_model',
  'update_model',
  'delete_model',
  'add_field',
  'update_field',
  'delete_field',
  'add_viewset',
  'update_viewset',
  'delete_viewset',
] as const

/** The types of operations: those that edit files, and those that edit classes of Python, which are refused. */
export const operationTypes = { files: fileOperations, classes: classOperations } as const

const line = z.int().min(1).optional()
const text = z.string().optional()

const operationSchema = z
  .strictObject({
    type: z.enum([...fileOperations, ...classOperations]),
    path: text.describe('Relative to the root of the workspace, with `/` between segments.'),
    diff: text.describe('A unified diff of this file; every context line must fit.'),
    start_line: line.describe('From 1.'),
    end_line: line.describe('From 1, inclusive.'),
    text: text,
    old_text: text,
    new_text: text,
    import_statement: text,
    note: z.string().max(1_000).optional(),
    model: text,
    app_label: text,
    field: text,
    field_spec: jsonObjectSchema.optional(),
    model_spec: jsonObjectSchema.optional(),
  })
  .meta({
    id: 'PatchOperation',
    description:
      'One edit of one file. The operations on models, fields and viewsets edit Python and are refused.',
  })

/** The body of `POST /ai/patch/preview`. */
export const patchRequestSchema = z
  .strictObject({
    operations: z.array(operationSchema).min(1).max(500),
    reason: z.string().max(10_000).nullable().optional(),
    dry_run: z.boolean().optional(),
  })
  .meta({ id: 'PatchRequest', description: 'Edits of files, applied in their order.' })

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits')

/** The body of `POST /ai/patch/apply`. */
export const applyRequestSchema = z
  .strictObject({
    ...patchRequestSchema.shape,
    operations: patchRequestSchema.shape.operations.optional(),
    change_set: z.string().max(200).optional().describe('The id of the change set to apply.'),
    expected_digest: digest.optional().describe('The digest that was shown with it.'),
  })
  .meta({
    id: 'PatchApplyRequest',
    description:
      'The change set to apply, with the digest that was shown. Operations alone are previewed, and refused with 409.',
  })

/** A patch of a caller. */
export type PatchRequest = z.infer<typeof patchRequestSchema>

/** What a caller asks to apply. */
export type ApplyRequest = z.infer<typeof applyRequestSchema>

/** One operation that edits a file. */
export type FileOperation = Omit<PatchRequest['operations'][number], 'type'> & {
  readonly type: (typeof fileOperations)[number]
}

/** @throws StudioError `unprocessable` that names every field at fault. */
export function parseShape<T>(schema: z.ZodType<T>, body: unknown, what = 'patch'): T {
  try {
    return parse(schema, body, what)
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    throw new StudioError('unprocessable', error.message, { details: error.details })
  }
}

/** Returns the operations of a patch. @throws StudioError `bad_request` that names each operation that edits Python. */
export function toFileOperations({
  operations,
}: Pick<PatchRequest, 'operations'>): FileOperation[] {
  const faults = operations.flatMap(({ type }, index) =>
    isFileOperation(type)
      ? []
      : [{ path: `operations.${index}.type`, message: `${type} edits a class of Python` }],
  )
  if (faults.length === 0) return operations as FileOperation[]
  const names = [
    ...new Set(operations.map(({ type }) => type).filter((type) => !isFileOperation(type))),
  ]
  throw badRequest(
    `${names.join(', ')} edit classes of Python, which this project has not: send the edit of the file with modify_file or replace_text`,
    faults,
  )
}

function isFileOperation(type: string): boolean {
  return (fileOperations as readonly string[]).includes(type)
}
