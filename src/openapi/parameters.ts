import type { Route } from '../http/route.ts'
import type { JsonSchema } from './components.ts'

/** What a document says of a parameter beyond its name. */
export interface ParameterText {
  readonly description: string
  /** What a value looks like; validated against the schema by the tests. */
  readonly example: string | number | boolean
  /** The shape where it says more than what is parsed: parsing takes texts. */
  readonly schema?: JsonSchema
}

type HeaderName = NonNullable<Route['headers']>[number]

const text = { type: 'string', minLength: 1 }
const objectKinds = ['functions', 'grants', 'policies', 'sequences', 'triggers', 'types', 'views']

/** Parameters of paths and queries by name. A name means the same in each operation. */
const parameters: Readonly<Record<string, ParameterText>> = {
  after: {
    description: 'Only events after this `seq`; without it, or with -1, from the beginning.',
    example: 41,
    schema: { type: 'integer', minimum: -1 },
  },
  agentId: { description: 'The id of an agent.', example: 'support', schema: text },
  app_label: { description: 'Only issues of this app.', example: 'shop' },
  approvalId: {
    description: 'The id of an approval.',
    example: '4e0f7a52-60a5-4c9b-9a43-0d1b7e9c1f10',
    schema: text,
  },
  before: {
    description: 'Only messages before this position, as an earlier answer names it.',
    example: 1000,
    schema: { type: 'integer', minimum: 0 },
  },
  changeId: {
    description: 'The id of a change set.',
    example: 'chg_5f0c6f4b0f9d4c1c8a8f2b8f7b6d5c4a',
    schema: text,
  },
  chatId: {
    description: 'The id of a chat, as its client made it up.',
    example: 'c1',
    schema: text,
  },
  contextId: {
    description: 'The id of a context: a conversation with an agent.',
    example: 'c1',
  },
  createdAfter: {
    description: 'Only runs that were started at this instant or later.',
    example: '2026-01-31T12:00:00Z',
  },
  createdBefore: {
    description: 'Only runs that were started before this instant.',
    example: '2026-01-31T12:00:00Z',
  },
  cursor: {
    description: 'The `nextCursor` of the page before; without it the first page.',
    example: 'eyJ0IjoxNzY0MzI4ODAwMDAwLCJpIjoiYTEifQ',
  },
  detail: { description: 'How much to say of each model.', example: 'summary' },
  endedAfter: {
    description: 'Only runs that ended at this instant or later.',
    example: '2026-01-31T12:00:00Z',
  },
  endedBefore: {
    description: 'Only runs that ended before this instant.',
    example: '2026-01-31T12:00:00Z',
  },
  historyLength: {
    description: 'How many messages of the history of a task to show; 0 for none.',
    example: 0,
    schema: { type: 'integer', minimum: 0 },
  },
  include: {
    description: '`detail` adds input and observations to each trace.',
    example: 'detail',
  },
  includeArtifacts: { description: 'Whether to show what the tasks produced.', example: 'true' },
  kind: { description: 'Only issues of this kind.', example: 'lint' },
  limit: {
    description: 'Number of items of a page. A larger number than 100 counts as 100.',
    example: 20,
    schema: { type: 'integer', minimum: 1, default: 50 },
  },
  match: {
    description:
      'Only models that match one of these names, parts of names, or patterns with * and ?.',
    example: 'order*',
  },
  order: {
    description: '`asc` for the oldest first, `desc` for the newest first.',
    example: 'desc',
  },
  maxTokens: {
    description: 'Longest answer in tokens of four bytes; details are left out until it fits.',
    example: 8000,
  },
  messageLimit: {
    description: 'Number of messages to return, the latest ones.',
    example: 100,
    schema: { type: 'integer', minimum: 1, maximum: 1000, default: 1000 },
  },
  messageAction: {
    description: '`send` answers with the task, `stream` with its events.',
    example: 'send',
    schema: { type: 'string', enum: ['send', 'stream'] },
  },
  model: {
    description: 'Name of a model, `app.Name` where two apps have the name, or name of a table.',
    example: 'shop.Order',
    schema: text,
  },
  modelName: {
    description: 'The id of an agent, or `agent/model` for one of its models.',
    example: 'support',
    schema: text,
  },
  name: { description: 'Name of a tool.', example: 'search_schema', schema: text },
  pageSize: {
    description: 'Number of tasks of a page.',
    example: 20,
    schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
  },
  pageToken: {
    description: 'The `nextPageToken` of the page before; without it the first page.',
    example: 'eyJ0IjoxNzY0MzI4ODAwMDAwLCJpIjoiYTEifQ',
  },
  preset: {
    description: 'The rules to run: `all` adds matters of convention to the essential ones.',
    example: 'all',
  },
  responseId: {
    description: 'The id of a response.',
    example: 'resp_0b9ad8f6-8a4f-4a3c-9d9e-7b7f0b1c2d3e',
    schema: text,
  },
  rule: { description: 'Only issues of this rule.', example: 'missing-primary-key' },
  deliveryId: {
    description: 'A delivery of a webhook, by its id.',
    example: 'run_ended_8c1f6f5e-0d5b-4c3a-9d55-0b8f3c6f2a11@crm',
  },
  runId: {
    description: 'The id of a run.',
    example: '0b9ad8f6-8a4f-4a3c-9d9e-7b7f0b1c2d3e',
    schema: text,
  },
  sdk: { description: 'The major version of the AI SDK of the client.', example: '7' },
  search: {
    description:
      'Only items with this text: sessions in title or metadata, runs in an id, the preview or metadata.',
    example: 'refund',
  },
  sessionId: {
    description: 'The id of a session.',
    example: '9f3a1c1e-0a52-4f38-8f52-2b8f7b6d5c4a',
    schema: text,
  },
  severity: { description: 'Only issues of this severity.', example: 'danger' },
  starting_after: {
    description: 'With `stream`, only events after this `sequence_number`.',
    example: 41,
    schema: { type: 'integer', minimum: 0 },
  },
  status: { description: 'Only items in this state.', example: 'running' },
  statusTimestampAfter: {
    description: 'Not supported: a list by it is refused.',
    example: '2026-01-31T12:00:00Z',
  },
  stream: { description: '`true` sends the events.', example: 'true' },
  strict: {
    description: '`1` answers 503 for a degraded project.',
    example: '1',
  },
  table: { description: 'Only this table.', example: 'orders' },
  taskAction: {
    description: '`cancel` ends the task, `subscribe` streams its events.',
    example: 'cancel',
    schema: { type: 'string', enum: ['cancel', 'subscribe'] },
  },
  configId: { description: 'The id of a push configuration.', example: 'mine', schema: text },
  taskId: {
    description: 'The id of a task, which is that of its run.',
    example: '0b9ad8f6-8a4f-4a3c-9d9e-7b7f0b1c2d3e',
    schema: text,
  },
  toolName: { description: 'Name of a tool of the agent.', example: 'lookup_order', schema: text },
  traceId: {
    description: 'The id of a trace.',
    example: '4bf92f3577b34da6a3ce929d0e0e4736',
    schema: text,
  },
  types: {
    description: 'Only events of these types, separated by commas.',
    example: 'text_delta,tool_result',
  },
}

/** Where a name means something else in a path than in a query. */
const inPaths: Readonly<Record<string, ParameterText>> = {
  kind: {
    description: 'The kind of objects to list.',
    example: 'functions',
    schema: { type: 'string', enum: objectKinds },
  },
}

const headers: Readonly<Record<HeaderName, ParameterText>> = {
  'idempotency-key': {
    description:
      'A second request with the same key and body gets the run of the first, for a day.',
    example: 'order-17-question-1',
    schema: { type: 'string', maxLength: 255 },
  },
  'last-event-id': {
    description: 'Like `after`, which an EventSource cannot send.',
    example: '41',
  },
  prefer: {
    description: '`respond-async`, or `wait=<seconds>`: answers 202 at once, or after that time.',
    example: 'respond-async',
  },
  'x-ai-apply': {
    description: 'Confirms what writes: the call of a tool, or a change to files.',
    example: 'true',
    schema: { type: 'string', enum: ['true'] },
  },
}

/** Describes a request header, with an example of its value. */
export function describeHeader(name: HeaderName): Required<ParameterText> {
  return { schema: { type: 'string' }, ...headers[name] }
}

/** Describes a parameter. Its example is the first value of `schema`, if that lists its values. */
export function describeParameter(
  place: 'path' | 'query',
  name: string,
  parsed: JsonSchema = { type: 'string' },
): Required<ParameterText> {
  const known = (place === 'path' ? inPaths[name] : undefined) ?? parameters[name]
  if (!known) throw new TypeError(`The parameter ${name} has no description`)
  const { description, schema = parsed } = known
  const [first] = Array.isArray(schema['enum']) ? (schema['enum'] as string[]) : []
  return { description, schema, example: first ?? known.example }
}
