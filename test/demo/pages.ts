import type { Shape } from './shape.ts'

/** The shell commands of the introspection page, character by character. */
export const introspectionLines = [
  'curl http://localhost:8000/studio/handshake | jq',
  'curl http://localhost:8000/studio/health | jq',
  'curl http://localhost:8000/studio/context/summary | jq',
  'curl http://localhost:8000/studio/migrations/summary | jq',
  'curl http://localhost:8000/studio/schema/handshake | jq',
  'curl http://localhost:8000/ai/context/full | jq',
]

/** The shell commands of the agents page, character by character. */
export const agentLines = {
  buffered: `curl -X POST http://localhost:4021/agents/support-operations/runs \\
-H 'content-type: application/json' \\
-d '{
"message": "Summarize order ORD-1001.",
"maxTurns": 3,
"trace": {
"name": "manual-test",
"userId": "dev_1",
"tags": ["studio"]
}
}'`,
  streamed: `curl -N -X POST http://localhost:4021/agents/support-operations/runs \\
-H 'content-type: application/json' \\
-d '{"message":"Summarize order ORD-1001.","stream":true}'`,
}

const database = {
  connected: 'boolean',
  dialect: 'string',
  pool_size: 'number',
  pool_available: 'number',
  latency_ms: 'number|null',
  last_error: 'string|null',
}

const checksums = {
  schema_checksum: 'string',
  migrations_checksum: 'string',
  settings_checksum: 'string',
  routes_checksum: 'string',
}

/** The JSON samples of the introspection page, by path. `endpoints` is listed separately, because a handshake has only endpoints that are served. */
export const introspectionSamples: Readonly<Record<string, Shape>> = {
  '/studio/handshake': {
    protocol_version: 'string',
    timestamp: 'string',
    project: {
      name: 'string',
      version: 'string',
      aksara_version: 'string',
      python_version: 'string',
      debug_mode: 'boolean',
      environment: 'string',
    },
    database,
    capabilities: ['string'],
    checksums,
    endpoints: { context_full: 'string', context_summary: 'string', health: 'string' },
    metadata: {},
  },
  '/studio/context/summary': {
    app_count: 'number',
    model_count: 'number',
    viewset_count: 'number',
    route_count: 'number',
    ai_tool_count: 'number',
    migration_count: 'number',
    pending_migrations: 'number',
    database_status: database,
    migration_status: {
      total: 'number',
      applied: 'number',
      pending: 'number',
      has_conflicts: 'boolean',
      last_applied: 'string',
    },
    models: [
      { name: 'string', table_name: 'string', field_count: 'number', has_relations: 'boolean' },
    ],
    checksums,
  },
  '/studio/health': { status: 'string', aksara_version: 'string', database, timestamp: 'string' },
  '/studio/migrations/summary': {
    total_migrations: 'number',
    applied_migrations: 'number',
    pending_migrations: 'number',
    apps: [
      {
        app_label: 'string',
        total: 'number',
        applied: 'number',
        pending: 'number',
        has_conflicts: 'boolean',
        head_migrations: ['string'],
      },
    ],
    conflicts: [{ app_label: 'string', heads: ['string'], message: 'string' }],
    migrations_checksum: 'string',
    last_applied: 'string',
  },
  '/studio/schema/handshake': {
    $defs: {
      StudioDatabaseStatus: {
        properties: { connected: { type: 'string' }, dialect: { type: 'string' } },
      },
    },
    properties: {
      protocol_version: { default: 'string', description: 'string', type: 'string' },
      project: { $ref: 'string' },
      database: { $ref: 'string' },
    },
    required: ['string'],
    title: 'string',
    type: 'string',
  },
}

/** Every name and path that a handshake may list. */
export const endpoints: Readonly<Record<string, string>> = {
  context_full: '/ai/context/full',
  context_summary: '/studio/context/summary',
  health: '/studio/health',
  tools: '/ai/tools',
  tools_mcp: '/ai/tools/mcp',
  query_execute: '/ai/query/execute',
  codegen_preview: '/ai/codegen/preview',
  patch_preview: '/ai/patch/preview',
  patch_apply: '/ai/patch/apply',
  plan_preview: '/ai/plan/preview',
  plan_apply: '/ai/plan/apply',
  schema_health: '/ai/schema/health',
}

/** Every capability, in order. */
export const capabilities = [
  'read_schema',
  'read_data',
  'write_data',
  'read_migrations',
  'apply_migrations',
  'ai_tools',
  'ai_query',
  'ai_codegen',
  'ai_patch',
  'ai_planner',
  'admin_access',
  'debug_panels',
]

/** The parts of the full context that the page lists. */
export const fullContextSample: Shape = {
  models: [{ name: 'string', fields: [{ name: 'string' }] }],
  viewsets: [{ name: 'string', actions: [] }],
  routes: [{ path: 'string' }],
  migrations: [{ name: 'string', applied: 'boolean' }],
  admin: {},
  ai_tools: [],
}

const usage = { inputTokens: 'number', outputTokens: 'number', totalTokens: 'number' }

/** The JSON sample of a buffered run. */
export const runSample: Shape = { output: 'string', messages: [], usage }

/** The events of the streaming samples, by type. */
export const eventSamples: Readonly<Record<string, Shape>> = {
  turn_start: { turn: 'number' },
  text_delta: { turn: 'number', delta: 'string' },
  turn_end: { turn: 'number' },
  final: { output: 'string', messages: [] },
  tool_approval_request: { approval: { id: 'string', status: 'string' } },
  tool_approval_result: { approval: { id: 'string', status: 'string' } },
}

/** The table of core endpoints: method and path. */
export const coreEndpoints = [
  'GET /health',
  'GET /config',
  'GET /agents',
  'GET /agents/:agentId',
  'POST /agents/:agentId/runs',
  'GET /sessions',
  'POST /sessions',
  'GET /sessions/:sessionId',
  'GET /sessions/:sessionId/traces',
  'GET /traces',
  'GET /traces/:traceId',
  'GET /approvals',
  'POST /approvals/:approvalId/decision',
  'DELETE /sessions/:sessionId', // last, because the others need the session
]
