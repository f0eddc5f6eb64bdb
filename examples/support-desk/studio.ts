import { defineAgent, type LanguageModel, Studio, type StudioOptions } from 'fetch-studio'
import { consoleAssets } from 'fetch-studio/console'
import { postgresDatabase, postgresStores } from 'fetch-studio/postgres'
import type { Hono } from 'hono'
import type { Sql } from 'postgres'
import { createProject } from './project.ts'
import { createTools } from './tools.ts'

/** Makes the Studio of the support desk, with one project and one agent. */
export function createStudio(
  sql: Sql,
  api: Hono,
  model: LanguageModel,
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
  return new Studio([agent], {
    project: createProject(api),
    database: postgresDatabase(sql),
    console: consoleAssets(),
    allow: ['read_data'], // it is served on loopback, without `auth`
    stores: postgresStores(sql), // runs and sessions survive a restart
    allowedOrigins: ['https://studio.aksara.dev', 'http://localhost:3000'],
    ...more,
  })
}
