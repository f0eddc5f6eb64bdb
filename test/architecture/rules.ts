import { cruise, type IRegularForbiddenRuleType } from 'dependency-cruiser'

/** With fewer modules the graph was not read, and an empty graph would pass every rule. */
const fewestModules = 10

/** Folder of src/ → the parts of src/ it may import besides itself. A folder that is missing here may not exist. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  records: ['lib', 'errors.ts'],
  http: ['lib', 'errors.ts'],
  project: ['lib', 'errors.ts'],
  storage: ['lib', 'errors.ts', 'records'],
  migrations: ['lib', 'errors.ts', 'project'],
  health: ['lib', 'errors.ts', 'project', 'migrations/core'],
  introspection: ['lib', 'errors.ts', 'library.ts', 'http', 'project', 'migrations', 'health'],
  agents: ['lib', 'errors.ts', 'library.ts', 'http', 'records', 'storage/store.ts'],
  change: [
    'lib',
    'errors.ts',
    'http',
    'records',
    'storage/store.ts',
    'storage/memory/changes.ts',
    'introspection',
    'project/catalog',
    'project/database.ts',
    'project/failure.ts',
    'project/migrator.ts',
    'project/postgres',
    'project/source.ts',
    'project/models/names.ts',
    'project/zod-text.ts',
    'migrations',
    'health/kit',
    'health/check-schema.ts',
  ],
  protocols: [
    'lib',
    'errors.ts',
    'library.ts',
    'http',
    'records',
    'storage/store.ts',
    'agents',
    'outbound/relay',
  ],
  host: [
    'lib',
    'records',
    'agents/agent.ts',
    'agents/hosted-loop.ts',
    'agents/tool.ts',
    'agents/tool-context.ts',
    'agents/model',
  ],
  outbound: [
    'lib',
    'errors.ts',
    'library.ts',
    'http',
    'records',
    'storage/store.ts',
    'storage/memory/outbox.ts',
    'storage/memory/push-targets.ts',
    'agents',
  ],
  openapi: ['lib', 'errors.ts', 'library.ts', 'http'],
  client: ['agents/answers', 'agents/http/creation/run-request.ts', 'introspection', 'change'],
  // answers by `import type` only: see the rule below
  console: ['client.ts', 'agents/answers', 'introspection'],
  react: ['client'],
  adapters: [
    'lib',
    'errors.ts',
    'http/handler.ts',
    'change',
    'planner.ts',
    'storage/blobs/failures.ts',
    'storage/blobs/keys.ts',
    'storage/blobs/port.ts',
  ],
  testing: [
    'lib',
    'errors.ts',
    'records',
    'storage/store.ts',
    'agents/model',
    'agents/dispatch/dispatcher.ts',
  ],
  cli: [
    'lib',
    'errors.ts',
    'library.ts',
    'index.ts',
    'client.ts',
    'console.ts',
    'postgres.ts',
    'project',
    'health',
    'adapters',
  ],
}

/** Room of a folder → the rooms of the same folder it may import. A room that is missing here may not exist. */
const rooms: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  protocols: {
    shared: [],
    a2a: ['shared'],
    'mcp-agents': ['shared'],
    'mcp-tools': [],
    'ai-sdk-ui': ['shared'],
    'ag-ui': ['shared'],
    openai: ['shared'],
  },
  host: {
    shared: [],
    'ai-sdk': [],
    'openai-agents': ['shared'],
    langgraph: ['shared'],
    mastra: ['shared'],
  },
  outbound: { relay: [], telemetry: ['relay'], webhooks: ['relay'] },
  agents: {
    'tool-context.ts': [],
    'approval-policy.ts': ['tool-context.ts'],
    'tool.ts': ['approval-policy.ts', 'tool-context.ts'],
    answers: [],
    model: ['answers'],
    dispatch: [],
    'hosted-loop.ts': [],
    'agent.ts': ['tool.ts', 'hosted-loop.ts', 'model'],
    'rejection-message.ts': ['tool.ts', 'tool-context.ts'],
    views: ['answers', 'agent.ts', 'tool.ts'],
    segments: ['hosted-loop.ts', 'loop', 'model', 'views'],
    log: ['views'],
    loop: [
      'answers',
      'agent.ts',
      'tool.ts',
      'tool-context.ts',
      'rejection-message.ts',
      'model',
      'dispatch',
      'views',
      'log',
      'segments',
      'hosted-loop.ts',
    ],
    engine: ['agent.ts', 'dispatch', 'log', 'loop'],
    'module.ts': ['agent.ts', 'engine'],
    'protocol.ts': ['reporter.ts'],
    'reporter.ts': [],
    http: [
      'answers',
      'module.ts',
      'agent.ts',
      'tool.ts',
      'tool-context.ts',
      'loop',
      'rejection-message.ts',
      'model',
      'views',
      'log',
      'engine',
    ],
    'routes.ts': ['module.ts', 'http'],
  },
  introspection: {
    'capabilities.ts': [],
    'wire.ts': [],
    'introspection-answers.ts': ['capabilities.ts'],
    model: ['wire.ts', 'introspection-answers.ts'],
    'module.ts': ['capabilities.ts', 'model'],
    studio: ['module.ts', 'model', 'wire.ts', 'introspection-answers.ts', 'capabilities.ts'],
    panels: ['module.ts', 'model', 'wire.ts', 'context', 'schema'],
    query: ['module.ts', 'model', 'wire.ts'],
    sql: ['module.ts', 'model', 'wire.ts', 'query'],
    database: ['module.ts', 'model', 'wire.ts', 'query'],
    schema: ['module.ts', 'model', 'wire.ts'],
    context: ['module.ts', 'model', 'wire.ts', 'query'],
    tools: ['capabilities.ts', 'module.ts', 'model', 'wire.ts', 'query', 'schema', 'studio'],
    mcp: ['module.ts', 'model', 'tools'],
    snapshot: ['module.ts', 'model', 'wire.ts', 'introspection-answers.ts', 'tools'],
    'routes.ts': [
      'capabilities.ts',
      'module.ts',
      'model',
      'studio',
      'panels',
      'query',
      'sql',
      'database',
      'schema',
      'context',
      'tools',
      'mcp',
      'snapshot',
    ],
  },
}

/** Package → the only files that may import it. */
const ownerOf: Readonly<Record<string, string>> = {
  'itty-router': '^src/http/router\\.ts$',
  'zod-to-json-schema': '^src/lib/json-schema\\.ts$',
  '@modelcontextprotocol/server': '^src/((introspection|cli)/mcp|protocols/mcp-agents)/',
  '@modelcontextprotocol/client': '^src/protocols/mcp-tools/connect-to-server\\.ts$',
  postgres: '(^src/postgres\\.ts$|^src/.+/postgres/|^src/cli/)',
  aws4fetch: '^src/storage/blobs/s3/',
  react: '^src/react/',
  '@hono/node-server': '^src/adapters/bridge\\.ts$',
  preact: '^src/console/',
  '@preact/signals': '^src/console/',
  typescript: '^src/(change/models/(typescript|drizzle|zod)|adapters/workspace/typescript)/',
}

const forbid = (
  name: string,
  from: IRegularForbiddenRuleType['from'],
  to: IRegularForbiddenRuleType['to'],
): IRegularForbiddenRuleType => ({ name, severity: 'error', from, to })

const nodeOnly = '^src/(adapters|cli)/'

const rules: IRegularForbiddenRuleType[] = [
  ...Object.entries(mayImport).map(([folder, allowed]) =>
    forbid(
      `layer: ${folder}`,
      { path: `^src/${folder}/` },
      {
        path: '^src/',
        pathNot: `^src/(${[folder, ...allowed].join('|').replace(/\./g, '\\.')})(/|$)`,
      },
    ),
  ),
  ...Object.entries(rooms).flatMap(([folder, table]) =>
    Object.entries(table).map(([room, allowed]) =>
      forbid(
        `room: ${folder}/${room}`,
        { path: `^src/${folder}/${room.replace('.', '\\.')}(/|$)` },
        {
          path: `^src/${folder}/`,
          pathNot: `^src/${folder}/(${[room, ...allowed].join('|').replace(/\./g, '\\.')})(/|$)`,
        },
      ),
    ),
  ),
  ...Object.entries(ownerOf).map(([name, owner]) =>
    forbid(`owner: ${name}`, { path: '^src/', pathNot: owner }, { path: `node_modules/${name}/` }),
  ),
  forbid(
    'owner: node builtins',
    { path: '^src/', pathNot: nodeOnly },
    { dependencyTypes: ['core'], dynamic: false },
  ),
  forbid(
    'lazy node builtins',
    { path: '^src/', pathNot: `(${nodeOnly}|^src/project/)` },
    { dependencyTypes: ['core'], dynamic: true },
  ),
  forbid(
    'development packages are for types',
    // the build puts the packages of the console into its files; React is a peer, and the only package imported there
    { path: '^src/', pathNot: '^src/(console|react)/' },
    { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'the console knows the API by the client',
    { path: '^src/console/' },
    { path: '^src/(agents|introspection)/', dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'entries are for users',
    { path: '^src/', pathNot: '^src/cli/' },
    { path: '^src/(index|testing|postgres|pg-boss)\\.ts$' },
  ),
  forbid(
    'nothing unresolvable',
    { path: '^src/' },
    // an entry that only the `exports` of its package name, which tsc resolves and the cruiser does not
    { couldNotResolve: true, pathNot: '^@modelcontextprotocol/server/stdio$' },
  ),
  forbid('no cycles', { path: '^src/' }, { circular: true }),
]

/**
 * Checks the imports of `src/` below a folder. Returns one line for each that breaks a rule: `rule: from → to`.
 *
 * @throws Error when the graph is suspiciously small.
 */
export async function checkImports(folder: string): Promise<string[]> {
  const { output } = await cruise(['src'], {
    baseDir: folder,
    ruleSet: { forbidden: rules },
    validate: true,
    tsPreCompilationDeps: 'specify',
    doNotFollow: { path: 'node_modules' },
  })
  if (typeof output === 'string') throw new Error(output)
  const { totalCruised, violations } = output.summary
  if (totalCruised <= fewestModules) throw new Error(`Only ${totalCruised} modules were read`)
  return violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)
}
