import { z } from 'zod'
import { jsonObjectSchema } from '../../lib/json.ts'
import { changeKinds, changeStatuses } from '../../records/change.ts'
import { modelChangeSchema } from '../schema/model-change.ts'

const text = z.string().nullable()
const texts = z.array(z.string())
const time = z.iso.datetime().describe('ISO 8601 in UTC.')
const hash = z.string().nullable().describe('SHA-256 of the bytes; null where there is no file.')

const changedFile = z.object({
  path: z.string(),
  mode: z.enum(['create', 'replace', 'delete']),
  before: hash,
  after: hash,
})

const approval = z
  .object({
    required: z.boolean(),
    tool_name: z.literal('apply_change_set'),
    input: z
      .object({ id: z.string(), digest: z.string() })
      .describe('What a decision is bound to.'),
    status: z.enum(['pending', 'approved', 'rejected', 'timed_out', 'not_required']),
    requested_at: time,
    expires_at: time,
    request_reason: text,
    decided_by: text,
    decided_at: time.nullable(),
    decision_reason: text,
  })
  .meta({ id: 'ChangeApproval', description: 'What a person decides, or decided.' })

const migration = z
  .object({
    app: z.string(),
    tool: z.string(),
    changes: z.array(modelChangeSchema).describe('What was asked for.'),
    names: texts.describe('As the tool lists it, in the order in which it runs them.'),
    sql: z.string(),
    down: text.describe('What gives back the structure; null when that is not possible.'),
    statements: z.array(
      z.object({
        sql: z.string(),
        lock: text.describe('The strongest lock on a table that existed before.'),
        rewrites: z.boolean().nullable().describe('Whether it writes every row anew.'),
        transaction: z.enum(['shared', 'own', 'none']),
        note: text,
      }),
    ),
    reversible: z.boolean(),
    structure_after: z.string().describe('The checksum of the catalog that is predicted.'),
    run: z
      .object({
        status: z.enum(['running', 'migrated', 'drifted', 'failed', 'reverted']),
        message: text,
        drift: texts,
        at: time,
      })
      .nullable()
      .describe('What became of it in the database; null while Studio has not run it.'),
  })
  .meta({ id: 'ChangeMigration', description: 'The migration that the files are.' })

const types = z
  .object({
    ran: z.boolean(),
    errors: z
      .array(
        z.object({
          path: text.describe('Null for a file outside of the workspace.'),
          line: z.int().positive().nullable(),
          message: z.string(),
        }),
      )
      .describe('Those that the change brings, at most 20.'),
    reason: text.describe('Why it did not run, or what it did not look at.'),
  })
  .nullable()
  .describe('What a type check showed; null where none is made.')

const proof = z
  .discriminatedUnion('ran', [
    z.object({
      ran: z.literal(true),
      ms: z.int().nonnegative(),
      schema_checksum_after: z.string(),
      drift: texts.describe('Where the copy differs from what was predicted.'),
      lint_new: texts.describe('Findings of schema health that the migration brings.'),
      destructive: texts,
      types,
    }),
    z.object({ ran: z.literal(false), reason: z.string(), types }),
  ])
  .meta({
    id: 'ChangeProof',
    description: 'What running it on a copy of the database, and a type check, showed.',
  })

const plan = z
  .object({
    intent: z.string(),
    on_failure: z.enum(['stop', 'roll_back']),
    run_id: text.describe('The run of the planner that made it; null for one that was sent.'),
    steps: z
      .array(
        z.object({
          id: z.string(),
          type: z.string(),
          description: z.string(),
          reasoning: text,
          depends_on: texts,
          effects: z.enum(['none', 'files', 'database']),
          simulated: z.boolean().describe('False if the preview could not run it.'),
          files: texts.describe('The paths of the files that it changes.'),
          check: jsonObjectSchema.nullable().describe('What a query is to find out.'),
        }),
      )
      .describe('In the order of the preview.'),
    progress: z
      .object({
        status: z
          .enum(['running', 'succeeded', 'failed', 'interrupted'])
          .describe('`interrupted`: its process has ended; send the plan again to go on.'),
        started_at: time,
        ended_at: time.nullable().describe('Null while it goes on, and when it was interrupted.'),
        steps: z
          .array(
            z.object({
              id: z.string(),
              success: z.boolean(),
              output: jsonObjectSchema.describe('Without rows and diffs; bounded in size.'),
              error: text,
              started_at: time,
              ms: z.int().nonnegative(),
            }),
          )
          .describe('Those that were done or have failed, in that order.'),
        applied: texts.describe('The steps that have changed something.'),
        rolled_back: texts.describe('Those of them that were taken back.'),
        stands: texts.describe('Those that are in the files or in the database now.'),
        notes: texts,
      })
      .nullable()
      .describe('How far the last attempt to apply it has come; null while there was none.'),
  })
  .meta({ id: 'ChangePlan', description: 'The steps that a change set does together.' })

const summaryShape = {
  id: z.string(),
  digest: z.string().describe('SHA-256 of what is shown here; 64 hex digits.'),
  kind: z.enum(changeKinds),
  status: z.enum(changeStatuses),
  reason: text,
  base: z
    .object({
      root_id: z.string(),
      commit: text,
      schema_checksum: z.string(),
      migrations_checksum: z.string(),
      structure_checksum: text.describe('Of the catalog of the database; null for a patch.'),
    })
    .describe('The project for which it was made.'),
  files: z.array(changedFile),
  destructive: texts.describe('What it takes away.'),
  migration: migration.nullable().describe('Null for a patch.'),
  proof: proof.nullable().describe('Null for a patch whose types are not checked.'),
  plan: plan.nullable().describe('Null unless the change set is a plan.'),
  commit: z
    .object({ branch: z.string(), id: z.string() })
    .nullable()
    .describe('The commit that records it; null unless the workspace commits and it is applied.'),
  warnings: texts,
  approval,
  created_by: text,
  created_at: time,
  expires_at: time,
}

/** A change set without the texts of its files. */
export const changeSummarySchema = z
  .object(summaryShape)
  .meta({ id: 'ChangeSummary', description: 'A change set without the texts of its files.' })

/** The answer of `GET /ai/changes/:id`, of a decision and of a rollback. */
export const changeSetSchema = z
  .object({
    ...summaryShape,
    files: z.array(changedFile.extend({ diff: z.string(), original: text, content: text })),
    events: z
      .array(z.object({ type: z.string(), at: time, by: text, digest: z.string(), reason: text }))
      .describe('What happened to it, in order.'),
  })
  .meta({ id: 'ChangeSet', description: 'A change to files, as it is shown and applied.' })

/** The answer of `GET /ai/changes`. */
export const changePageSchema = z
  .object({
    changes: z.array(changeSummarySchema),
    next_cursor: text.describe('The `cursor` of the next page; null on the last one.'),
  })
  .meta({ id: 'ChangePage', description: 'Change sets, the latest first.' })

/** A change set as clients see it. */
export type WireChangeSet = z.infer<typeof changeSetSchema>

/** A change set as lists show it. */
export type WireChangeSummary = z.infer<typeof changeSummarySchema>
