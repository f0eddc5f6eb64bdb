import type { JsonObject } from '../../lib/json.ts'
import type { Operation, Resource, ResourceAction } from '../../project/project.ts'
import type { AppModel } from '../model/snapshot.ts'
import type { OfferedOperation } from './operations.ts'
import { type FieldSchemaReader, fieldSchemaReader } from './field-schema.ts'
import { type ResourceInputs, toInputs, toReadSchema } from './resource-schema.ts'
import type { StudioTool } from '../model/tool.ts'

const verbs: Readonly<Record<Operation, string>> = {
  list: 'List',
  retrieve: 'Get',
  create: 'Create',
  update: 'Update',
  delete: 'Delete',
}

/** The parts of a project that clients may see. */
export interface VisibleParts {
  readonly resources: readonly Resource[]
  readonly models: readonly AppModel[]
}

/** Builds the tools of each exposed resource, in declared order (docs/contracts/introspection.md, 4.2). */
export function* resourceTools(
  { resources, models }: VisibleParts,
  operationsOf: (resource: Resource) => readonly OfferedOperation[],
): Iterable<StudioTool[]> {
  const byName = new Map(models.toReversed().map((model) => [model.name, model])) // the first of a name wins
  const schemaOf = fieldSchemaReader()
  for (const resource of resources) {
    // A prefix with path parameters would need arguments that the resource does not describe.
    if (resource.exposed === false || /[:{*]/.test(resource.prefix)) continue
    const described = describe(resource, byName.get(resource.model) ?? null, schemaOf)
    const actions = (resource.actions ?? []).filter(({ exposed }) => exposed !== false)
    yield [
      ...operationsOf(resource).map((offered) => toOperationTool(offered, described)),
      ...actions.flatMap((action) => toActionTools(action, described)),
    ]
  }
}

/** A resource with the schemas that its tools share. */
interface DescribedResource extends ResourceInputs {
  readonly resource: Resource
  readonly model: AppModel | null
  /** An item in an answer. */
  readonly item: JsonObject
}

function describe(
  resource: Resource,
  model: AppModel | null,
  schemaOf: FieldSchemaReader,
): DescribedResource {
  const item = model ? toReadSchema(model, schemaOf) : { type: 'object' }
  return { ...toInputs(resource, model, schemaOf), resource, model, item }
}

function toOperationTool(
  { operation, method, path }: OfferedOperation,
  { resource, model, item, inputs, serverControlled }: DescribedResource,
): StudioTool {
  const title = `${verbs[operation]} ${resource.model}${operation === 'list' ? ' items' : ''}`
  const about = model?.description ? ` ${model.description}` : ''
  // one literal, because a spread takes more memory, and there may be a hundred thousand tools
  return {
    name: `${toStem(resource)}_${operation}`,
    title,
    description: `${title}, by ${method} ${path}.${about}`,
    method,
    path,
    kind: resource.requiresAdmin ? 'admin' : method === 'GET' ? 'query' : 'mutation',
    model: resource.model,
    app: model?.app ?? null,
    requiresAuth: resource.requiresAuth ?? false,
    requiresAdmin: resource.requiresAdmin ?? false,
    input: inputs[operation],
    output: toOutput(operation, item),
    writes: method !== 'GET',
    serverControlled,
    does: operation,
  }
}

/** Describes what applications usually return. An answer that differs is not an error. */
function toOutput(operation: Operation, item: JsonObject): JsonObject {
  const count = { type: 'integer' }
  if (operation === 'delete') {
    return { type: 'object', properties: { deleted: { type: 'boolean' }, id: {} } }
  }
  if (operation !== 'list') return item
  const results = { type: 'array', items: item }
  return { type: 'object', properties: { count, limit: count, offset: count, results } }
}

/** Builds one tool for each method of an action. Its name contains the method only if there are several. */
function toActionTools(
  action: ResourceAction,
  { resource, model, pk: key }: DescribedResource,
): StudioTool[] {
  const { name, path = name, methods = ['POST'], detail = false, description, input } = action
  const base = resource.prefix === '/' ? '' : resource.prefix
  const pk = detail ? { pk: key } : {}
  return methods.map((method) => ({
    model: resource.model,
    app: model?.app ?? null,
    requiresAuth: resource.requiresAuth ?? false,
    requiresAdmin: resource.requiresAdmin ?? false,
    name: `${toStem(resource)}_${name}${methods.length > 1 ? `_${method}` : ''}`.toLowerCase(),
    title: `${resource.model}: ${name}`,
    description: description ?? `${name} of ${resource.model}, by ${method}.`,
    method,
    path: `${base}${detail ? '/{pk}' : ''}/${path}`,
    kind: resource.requiresAdmin ? 'admin' : 'action',
    input: {
      ...input,
      type: 'object',
      properties: { ...(input?.['properties'] as JsonObject | undefined), ...pk },
      required: [...((input?.['required'] as string[] | undefined) ?? []), ...Object.keys(pk)],
      additionalProperties: input?.['additionalProperties'] ?? false,
    },
    output: null,
    writes: method !== 'GET',
    serverControlled: [],
    does: 'action',
  }))
}

function toStem({ model }: Resource): string {
  return model.toLowerCase().replace(/[^a-z0-9_-]/g, '_')
}
