import { z } from 'zod'
import { changeKinds, changeStatuses } from '../../../records/change.ts'

const time = z.iso.datetime().describe('ISO 8601 in UTC.')

const span = z
  .object({
    id: z.string().describe('16 hex digits.'),
    parent_id: z.string().nullable().describe('Null for the first span, which has all others.'),
    kind: z.enum([
      'change_set',
      'preview',
      'decision',
      'apply',
      'rollback',
      'migration',
      'plan',
      'plan_step',
      'recovery',
    ]),
    name: z.string(),
    status: z
      .enum(['running', 'success', 'error', 'cancelled'])
      .describe('`error` without an end: it was cut off.'),
    started_at: time,
    ended_at: time.nullable(),
    ms: z.int().nonnegative().nullable(),
    attributes: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .describe('Ids, names and counts; no texts, no SQL, no reasons.'),
  })
  .meta({ id: 'ChangeSpan', description: 'One part of the life of a change set.' })

/** The answer of `GET /ai/changes/:id/trace`. */
export const changeTraceSchema = z
  .object({
    trace_id: z.string().describe('32 hex digits, the same each time.'),
    change_id: z.string(),
    digest: z.string(),
    kind: z.enum(changeKinds),
    status: z.enum(changeStatuses),
    spans: z.array(span).describe('In the order of their starts, the whole first.'),
  })
  .meta({ id: 'ChangeTrace', description: 'What happened to a change set, as spans.' })

/** What happened to a change set, as spans. */
export type WireChangeTrace = z.infer<typeof changeTraceSchema>

/** One part of the life of a change set. */
export type WireChangeSpan = WireChangeTrace['spans'][number]
