import {
  type ListResourcesResult,
  ProtocolError,
  ProtocolErrorCode,
  type Resource,
  type ResourceTemplateType,
  type TextResourceContents,
} from '@modelcontextprotocol/server'
import { StudioError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'
import { knownModels } from '../model/unknown-exposure.ts'
import type { ReadToolName } from '../tools/read-tool-names.ts'
import { resourceNotFound } from './failures.ts'
import { type McpView, offers, readWith, snapshotOf } from './view.ts'

/** Models in one page of `resources/list`. */
const pageSize = 500
const mimeType = 'application/json'

interface Fixed extends Pick<Resource, 'title' | 'description'> {
  readonly name: string
  readonly tool: ReadToolName
  readonly args: JsonObject
}

/** The resources that every project has, by URI. */
const fixed: Readonly<Record<string, Fixed>> = {
  'studio://schema': {
    name: 'schema',
    title: 'Schema',
    description:
      'Every model with its fields on one line; `truncated` is true if some are missing.',
    tool: 'search_schema',
    args: { detail: 'summary', limit: 200 },
  },
  'studio://health': {
    name: 'health',
    title: 'Schema health',
    description: 'The 50 worst mistakes of the schema, why they matter and how to fix them.',
    tool: 'schema_health',
    args: {},
  },
  'studio://migrations': {
    name: 'migrations',
    title: 'Migrations',
    description: 'Every migration with its state.',
    tool: 'migration_status',
    args: { detail: 'full' },
  },
}

/** The templates of resources, with the tool that each needs. */
const templates = {
  model: {
    uriTemplate: 'studio://models/{model}',
    name: 'model',
    title: 'Model',
    description: 'One model in full: its table, fields, keys and relations.',
    tool: 'describe_model',
  },
  migration: {
    uriTemplate: 'studio://migrations/{migration}',
    name: 'migration',
    title: 'Migration',
    description: 'One migration with its state, as `app.name`.',
    tool: 'migration_status',
  },
} as const

/** Lists the fixed resources, then one for each model, in pages. */
export async function listResources(
  view: McpView,
  cursor: string | undefined,
): Promise<ListResourcesResult> {
  const from = toOffset(cursor)
  const { models } = await snapshotOf(view)
  const isServed = offers(view, templates.model.tool)
  const page = isServed ? models.slice(from, from + pageSize) : []
  const first = Object.entries(fixed)
    .filter(([, { tool }]) => offers(view, tool))
    .map(([uri, { tool: _, args: __, ...rest }]) => ({ uri, ...rest, mimeType }))
  const next = from + pageSize
  return {
    resources: [...(from === 0 ? first : []), ...page.map(toResource)],
    ...(isServed && next < models.length ? { nextCursor: toCursor(next) } : {}),
  }
}

/** Lists the templates of the resources that this deployment serves. */
export function listTemplates(view: McpView): ResourceTemplateType[] {
  return Object.values(templates)
    .filter(({ tool }) => offers(view, tool))
    .map(({ tool: _, ...rest }) => ({ ...rest, mimeType }))
}

/**
 * Reads one resource.
 *
 * @throws ProtocolError for a URI that names nothing, or nothing that this deployment serves.
 */
export async function readResource(view: McpView, uri: string): Promise<TextResourceContents> {
  return { uri, mimeType, text: JSON.stringify(await readContent(view, uri)) }
}

async function readContent(view: McpView, uri: string): Promise<JsonObject> {
  const known = Object.hasOwn(fixed, uri) ? fixed[uri] : undefined
  const [, kind, encoded = ''] = /^studio:\/\/(models|migrations)\/([^/?#]+)$/.exec(uri) ?? []
  const tool = known?.tool ?? (kind === 'models' ? 'describe_model' : 'migration_status')
  if ((!known && kind === undefined) || !offers(view, tool)) throw resourceNotFound(uri)
  if (known) return readWith(view, known.tool, known.args)
  const name = decode(encoded)
  if (name === null) throw resourceNotFound(uri)
  return kind === 'models' ? readModel(view, uri, name) : readMigration(view, uri, name)
}

async function readModel(view: McpView, uri: string, model: string): Promise<JsonObject> {
  try {
    return await readWith(view, 'describe_model', { model })
  } catch (error) {
    const isUnknown = error instanceof StudioError && error.code === 'bad_request'
    throw isUnknown ? resourceNotFound(uri, ` ${error.message}`) : error
  }
}

async function readMigration(view: McpView, uri: string, name: string): Promise<JsonObject> {
  const list = (await readWith(view, 'migration_status', { detail: 'full' })) as {
    migrations: (JsonObject & { app_label: string; name: string })[]
  }
  const found = list.migrations.find((one) => migrationName(one.app_label, one.name) === name)
  if (!found) throw resourceNotFound(uri)
  return found
}

/** Returns the names of all models, as URIs and prompts take them. */
export function modelNames(snapshot: Snapshot): string[] {
  return knownModels(snapshot).map(modelName)
}

/** Returns the names of all migrations, as URIs take them. */
export function migrationNames({ migrations }: Snapshot): string[] {
  return migrations.migrations.map(({ app, name }) => migrationName(app, name))
}

/** Returns the URI of a model. */
export function toModelUri(name: string): string {
  return `studio://models/${encodeURIComponent(name)}`
}

function modelName({ app, name }: AppModel): string {
  return `${app}.${name}`
}

function migrationName(app: string, name: string): string {
  return `${app}.${name}`
}

function toResource(model: AppModel): Resource {
  const name = modelName(model)
  const { description } = model
  return {
    uri: toModelUri(name),
    name,
    title: model.name,
    description: description || `The table ${model.table}.`,
    mimeType,
  }
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

function toCursor(offset: number): string {
  return `m${offset}`
}

/** @throws ProtocolError for a cursor that no list returned. */
function toOffset(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  const [, digits] = /^m([1-9]\d{0,8})$/.exec(cursor) ?? []
  if (digits !== undefined && Number(digits) % pageSize === 0) return Number(digits)
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'The cursor is not one of this list')
}
