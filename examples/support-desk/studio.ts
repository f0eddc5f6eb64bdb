import { defineAgent, type LanguageModel, Studio, type StudioOptions } from 'fetch-studio'
import { consoleAssets } from 'fetch-studio/console'
import { definePlanner, nodeWorkspace } from 'fetch-studio/node'
import {
  postgresDatabase,
  postgresShadow,
  postgresStores,
  sqlMigrator,
} from 'fetch-studio/postgres'
import type { Hono } from 'hono'
import type { Sql } from 'postgres'
import { migrate } from './migrate.ts'
import { createProject, type createApps } from './project.ts'
import { createTools } from './tools.ts'

/** What a Studio of the support desk is made of. */
export interface SupportDeskParts {
  readonly sql: Sql
  /** The connection string of the same database, with a role that may create databases. */
  readonly databaseUrl: string
  readonly api: Hono
  readonly model: LanguageModel
  /** The model that makes plans of intents. */
  readonly planModel: LanguageModel
  readonly apps: ReturnType<typeof createApps>
  /** The folder whose files change sets may write. */
  readonly root: string
}

/** Has the same parent as `0003_order_notes` and stays pending, to show a branched app. */
export const pending = 'orders.0003_refund_reasons'

/** Makes the Studio of the support desk: one project, the agent of the support team, and a planner. */
export function createStudio(
  { sql, databaseUrl, api, model, planModel, apps, root }: SupportDeskParts,
  more: StudioOptions = {},
): Studio {
  const agent = defineAgent({
    id: 'support-operations',
    name: 'Support operations',
    description: 'Answers questions about orders, and refunds.',
    instructions:
      'You help the support team. Look orders up before you speak of them. Amounts are in euros.',
    model,
    tools: createTools(sql),
    quickPrompts: ['Summarize order ORD-1001.', 'Refund 5 € of ORD-1002.'],
  })
  const planner = definePlanner({ model: planModel, studio: () => studio })
  const studio = new Studio([agent, planner], {
    project: createProject(api, apps),
    database: postgresDatabase(sql),
    console: consoleAssets(),
    workspace: nodeWorkspace({ root, write: ['migrations/**', 'order-view.json'] }),
    // it is served on loopback, without `auth`; its files are a copy and its database is its own
    allow: ['read_data', 'ai_patch', 'ai_codegen', 'ai_planner', 'apply_migrations'],
    changes: {
      shadow: postgresShadow(databaseUrl, {
        fill: (shadow) => migrate(shadow.sql, apps, [pending]),
      }),
      migrator: sqlMigrator(sql),
      planner: 'planner',
    },
    stores: postgresStores(sql), // runs and sessions survive a restart
    allowedOrigins: ['https://studio.aksara.dev', 'http://localhost:3000'],
    ...more,
  })
  return studio
}
