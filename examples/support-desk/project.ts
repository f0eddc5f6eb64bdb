import { defineProject } from 'fetch-studio'
import { databaseModels, sqlMigrations } from 'fetch-studio/postgres'
import type { Hono } from 'hono'
import { supplierModels } from './suppliers.ts'

/** Lists the apps of the support desk. Each has a database schema and a folder of migrations of the same name. */
export function createApps(folderOf: (label: string) => URL) {
  return ['accounts', 'warehouse', 'suppliers', 'orders'].map((label) => {
    const folder = folderOf(label)
    return {
      label,
      folder,
      models: label === 'suppliers' ? supplierModels : databaseModels({ schema: label }),
      migrations: sqlMigrations(folder),
    }
  })
}

/** Describes the support desk to Studio, with the routes of `api`. */
export function createProject(api: Hono, apps: ReturnType<typeof createApps>) {
  return defineProject({
    name: 'Support desk',
    version: '1.0.0',
    environment: 'development',
    debug: true,
    apps,
    resources: [
      { model: 'Customer', prefix: '/api/customers' },
      { model: 'Order', prefix: '/api/orders' },
    ],
    routes: api,
    app: api,
    settings: { currency: 'EUR', refundLimitCents: 1000 },
  })
}
