import { protocolExamples } from './protocol-examples.ts'

interface Example {
  readonly summary: string
  readonly value: unknown
}

/** What clients send, by operation and name. The tests validate each against the schema of the body. */
export const bodyExamples: Readonly<Record<string, Readonly<Record<string, Example>>>> = {
  createRun: {
    prompt: {
      summary: 'One question, answered when the run has ended',
      value: { message: 'Where is order 17?' },
    },
    stream: {
      summary: 'A turn of a conversation, as a stream of events',
      value: {
        message: 'And when will it arrive?',
        sessionId: '9f3a1c1e-0a52-4f38-8f52-2b8f7b6d5c4a',
        stream: true,
        maxTurns: 5,
        metadata: { channel: 'web' },
      },
    },
  },
  runTool: {
    call: { summary: 'A call with arguments', value: { args: { order: 17 } } },
  },
  createSession: {
    session: {
      summary: 'A conversation with a title',
      value: { agentId: 'support', title: 'Order 17', metadata: { customer: 4 } },
    },
  },
  updateSession: {
    title: { summary: 'Another title', value: { title: 'Refund of order 17' } },
  },
  decideApproval: {
    approve: { summary: 'The call runs', value: { approved: true } },
    edit: {
      summary: 'The call runs with other arguments',
      value: { approved: true, input: { order: 17, amount: 20 } },
    },
    reject: {
      summary: 'The call does not run',
      value: { approved: false, reason: 'The customer has been refunded already.' },
    },
  },
  ...protocolExamples,
  executeQuery: {
    rows: {
      summary: 'Rows by conditions on fields and relations',
      value: {
        model: 'shop.Order',
        filters: [
          { field: 'total', lookup: 'gte', value: 100 },
          {
            or: [
              { field: 'status', value: 'open' },
              { field: 'customer.city', value: 'Bern' },
            ],
          },
        ],
        sorting: [{ field: 'created_at', direction: 'desc' }],
        pagination: { limit: 20 },
        select_fields: ['id', 'total', 'customer.name'],
      },
    },
    groups: {
      summary: 'Figures of groups',
      value: {
        model: 'shop.Order',
        group_by: ['status'],
        aggregates: [{ function: 'count' }, { function: 'sum', field: 'total', as: 'revenue' }],
        having: [{ field: 'count', lookup: 'gt', value: 10 }],
        pagination: { limit: 50 },
      },
    },
  },
  runSql: {
    select: {
      summary: 'A SELECT with a parameter',
      value: {
        sql: 'select status, count(*) from orders where total > $1 group by status',
        parameters: [100],
      },
    },
  },
  previewCodegen: {
    column: {
      summary: 'A new column of a table',
      value: {
        app: 'shop',
        changes: [
          {
            op: 'add_column',
            table: 'customers',
            column: { name: 'phone', type: 'varchar(40)' },
          },
        ],
        reason: 'Orders show a phone number',
      },
    },
    model: {
      summary: 'A new model in the form of the protocol',
      value: {
        target: 'model',
        model_spec: {
          app_label: 'library',
          name: 'Shelf',
          fields: [{ name: 'code', type: 'string', max_length: 8 }],
        },
      },
    },
  },
  previewPatch: {
    replace: {
      summary: 'One text of a file replaced by another',
      value: {
        operations: [
          {
            type: 'replace_text',
            path: 'src/models/shelf.ts',
            old_text: 'max(8)',
            new_text: 'max(12)',
          },
        ],
        reason: 'Shelf codes grew',
      },
    },
  },
  applyPatch: {
    confirm: {
      summary: 'A change set with the digest that was shown',
      value: {
        change_set: 'chg_5f0c6f4b0f9d4c1c8a8f2b8f7b6d5c4a',
        expected_digest: '9094de9633eb480d9094de9633eb480d9094de9633eb480d9094de9633eb480d',
      },
    },
  },
  applyChange: {
    confirm: {
      summary: 'The digest that was shown',
      value: {
        expected_digest: '9094de9633eb480d9094de9633eb480d9094de9633eb480d9094de9633eb480d',
      },
    },
  },
  migrateChange: {
    up: {
      summary: 'Runs the migration that was shown',
      value: {
        expected_digest: '9094de9633eb480d9094de9633eb480d9094de9633eb480d9094de9633eb480d',
      },
    },
    down: {
      summary: 'Takes it back',
      value: {
        expected_digest: '9094de9633eb480d9094de9633eb480d9094de9633eb480d9094de9633eb480d',
        direction: 'down',
      },
    },
  },
  previewPlan: {
    plan: {
      summary: 'A column, its migration, and a check',
      value: {
        intent: 'Orders have a note',
        steps: [
          {
            id: 'column',
            type: 'change_model',
            description: 'Orders get a note',
            payload: {
              app: 'shop',
              changes: [
                { op: 'add_column', table: 'orders', column: { name: 'note', type: 'text' } },
              ],
            },
          },
          {
            id: 'migrate',
            type: 'run_migrations',
            description: 'The database gets the column',
            depends_on: ['column'],
          },
          {
            id: 'health',
            type: 'run_health_check',
            description: 'Nothing drifts',
            depends_on: ['migrate'],
          },
        ],
      },
    },
    intent: {
      summary: 'An intent, of which the planner makes a plan',
      value: { intent: 'customers get a phone number that orders show' },
    },
  },
  applyPlan: {
    confirm: {
      summary: 'The plan with the digest that was shown',
      value: {
        plan_id: 'chg_5f0c6f4b0f9d4c1c8a8f2b8f7b6d5c4a',
        digest: '9094de9633eb480d9094de9633eb480d9094de9633eb480d9094de9633eb480d',
      },
    },
  },
  decideChange: {
    approve: {
      summary: 'What was shown may be applied',
      value: {
        approved: true,
        expected_digest: '9094de9633eb480d9094de9633eb480d9094de9633eb480d9094de9633eb480d',
      },
    },
  },
  callTool: {
    search: { summary: 'A call with arguments', value: { arguments: { query: 'order' } } },
  },
  callMcp: {
    list: {
      summary: 'The list of tools',
      value: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
    },
    call: {
      summary: 'A call of a tool',
      value: {
        jsonrpc: '2.0',
        id: 2,
        method: 'tools/call',
        params: { name: 'search_schema', arguments: { query: 'order' } },
      },
    },
  },
}
