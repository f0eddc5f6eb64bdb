import type { Json } from '../lib/json.ts'
import { type KnownKeys, refuseUnknownKeys } from '../lib/options/known-keys.ts'
import { listsRoutes, toCallApp } from './app.ts'
import type { SchemaHealthOptions } from './schema-health-options.ts'
import type { App, AppHandler, Project, Resource } from './project.ts'
import { toResource } from './resource.ts'
import { type RouteSource, toRoutes } from './routes.ts'
import type { MigrationSource, ModelSource } from './source.ts'

/** The argument of `defineProject`. Only the name is required. */
export interface ProjectDefinition {
  name: string
  /** @default '0.0.0' */
  version?: string
  /** For example `staging`; any value. @default left to the options and environment variables */
  environment?: string
  /** @default left to the options */
  debug?: boolean
  apps?: readonly { label: string; models?: ModelSource; migrations?: MigrationSource }[]
  /** The models that an API serves below a prefix; the wire calls them viewsets. */
  resources?: readonly Resource[]
  /** A route, a Hono app, an itty router, an OpenAPI document, or a list of these. @default the routes that `app` lists, if any */
  routes?: RouteSource | readonly RouteSource[]
  /** The application. The tools of the resources send their requests to it, within this process. @default none */
  app?: AppHandler
  /** The path of the admin site of the application, such as `/admin`. One of the routes must be at or below it. @default none */
  admin?: string
  /** Settings that hold no secret and whose changes clients should notice. */
  settings?: Readonly<Record<string, Json>>
  /** Which schema issues to leave out, which rules run, and which schemas and roles an API exposes. @default the default rules */
  schemaHealth?: SchemaHealthOptions
}

const label = /^[A-Za-z_][\w-]*$/
const modelName = /^[A-Za-z_]\w*$/
const secretName = /secret|token|passw|credential|dsn|api_?key|database_url/i

/**
 * Checks a project definition and fills in the defaults. Reads nothing: sources are read when a client first needs them.
 *
 * @throws TypeError when a key is unknown, when a label, model name or prefix is malformed or given twice, or when the name
 *   of a setting suggests a secret.
 */
export function defineProject(definition: ProjectDefinition): Project {
  refuseUnknownKeys('defineProject', definition, knownKeys, synonyms)
  const { name, version = '0.0.0', environment, debug, settings = {} } = definition
  if (typeof name !== 'string' || name.trim() === '') throw new TypeError('A project needs a name')
  const apps = (definition.apps ?? []).map((app) => {
    refuseUnknownKeys('an app of defineProject', app, knownAppKeys, { name: 'label' })
    const { label, models = null, migrations = null } = app
    return { label, models, migrations }
  })
  checkApps(apps)
  const resources = (definition.resources ?? []).map(toResource)
  refuseTwice(
    'resource prefix',
    resources.map(({ prefix }) => prefix),
  )
  for (const key of Object.keys(settings)) {
    if (secretName.test(key)) throw new TypeError(`The setting "${key}" looks like a secret`)
  }
  const app = definition.app ?? null
  if (app && !toCallApp(app)) throw new TypeError('The app needs a `fetch` function')
  const routes = toList(definition.routes ?? (listsRoutes(app) ? app : undefined))
  routes.forEach(toRoutes)
  const { schemaHealth } = definition
  const admin = definition.admin === undefined ? null : toAdminPath(definition.admin, routes)
  if (schemaHealth) refuseUnknownKeys('schemaHealth', schemaHealth, knownHealthKeys)
  if (schemaHealth?.baseline && !Array.isArray(schemaHealth.baseline.issues)) {
    throw new TypeError('The baseline of schema health must be a result of `toBaseline`')
  }
  const declared = { environment: environment?.toLowerCase(), debug, schemaHealth }
  return { name, version, ...declared, apps, resources, routes, app, admin, settings }
}

const knownKeys: KnownKeys<ProjectDefinition> = {
  name: true,
  version: true,
  environment: true,
  debug: true,
  apps: true,
  resources: true,
  routes: true,
  app: true,
  admin: true,
  settings: true,
  schemaHealth: true,
}

const synonyms = {
  models: 'apps: [{ label, models }]',
  migrations: 'apps: [{ label, migrations }]',
  viewsets: 'resources',
  health: 'schemaHealth',
  lint: 'schemaHealth',
  database: 'new Studio(agents, { database })',
}

// `detectMigrations` returns apps with the last three.
const knownAppKeys: KnownKeys<App> & Readonly<Record<'tool' | 'folder' | 'tables', true>> = {
  label: true,
  models: true,
  migrations: true,
  tool: true,
  folder: true,
  tables: true,
}

const knownHealthKeys: KnownKeys<SchemaHealthOptions> = {
  ignore: true,
  baseline: true,
  exposedSchemas: true,
  exposedRoles: true,
  unusedAfterDays: true,
  preset: true,
  enable: true,
  disable: true,
  severities: true,
}

/** Returns the path without a trailing slash. @throws TypeError when no route of the project is at or below it. */
function toAdminPath(path: string, routes: readonly RouteSource[]): string {
  const admin = path.replace(/\/$/, '')
  const isThere = routes
    .flatMap(toRoutes)
    .some((route) => route.path === admin || route.path.startsWith(`${admin}/`))
  if (!isThere)
    throw new TypeError(`No route of the project is at or below its admin site "${path}"`)
  return admin
}

function checkApps(apps: readonly App[]): void {
  for (const app of apps) {
    if (!label.test(app.label)) throw new TypeError(`The app label "${app.label}" is malformed`)
  }
  refuseTwice(
    'app label',
    apps.map(({ label }) => label),
  )
  const names = apps.flatMap(({ models }) => models?.names ?? [])
  for (const name of names) {
    if (!modelName.test(name)) throw new TypeError(`The model name "${name}" is malformed`)
  }
  refuseTwice('model name', names)
}

function refuseTwice(what: string, values: readonly string[]): void {
  const seen = new Set<string>()
  const twice = values.find((value) => seen.has(value) || !seen.add(value))
  if (twice !== undefined) throw new TypeError(`The ${what} "${twice}" is given twice`)
}

function toList(routes: ProjectDefinition['routes']): readonly RouteSource[] {
  if (routes === undefined) return []
  return Array.isArray(routes) ? (routes as readonly RouteSource[]) : [routes as RouteSource]
}
