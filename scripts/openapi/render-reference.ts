import type { Content, JsonSchema, OpenApiDocument, Operation, Parameter } from './make-document.ts'

const head = `# HTTP reference

<!-- Generated from the routes: npm run openapi:reference -- --write -->

Every operation and every shape, as \`GET /openapi.json\` describes them. [Endpoints](endpoints.md) is the short list. Errors are
\`ErrorAnswer\` with the status that the operation lists; 401, 403, 500 and 503 are possible everywhere.
`

/** Renders an OpenAPI document as one page of Markdown. */
export function renderReference({ tags, paths, components }: OpenApiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      title: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  )
  const groups = tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags[0] === name)
    const texts = own.map(({ title, operation }) => renderOperation(title, operation))
    return [`## ${name}`, description, ...texts].join('\n\n')
  })
  const shapes = Object.entries(components.schemas).map(([name, schema]) =>
    renderShape(name, schema),
  )
  return `${[head, ...groups, '## Shapes', ...shapes].join('\n\n')}\n`
}

function renderOperation(title: string, operation: Operation): string {
  const { description, operationId, parameters = [], requestBody, responses } = operation
  return [
    `### \`${title}\``,
    `${description} (\`${operationId}\`)`,
    parameters.map(renderParameter).join('\n'),
    requestBody ? `Body: ${renderContent(requestBody.content)}` : '',
    Object.entries(responses)
      .filter(([, { content }]) => content)
      .map(([status, { content }]) => `${status}: ${renderContent(content ?? {})}`)
      .join('\n\n'),
    renderErrors(Object.keys(responses)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const everywhere: ReadonlySet<string> = new Set(['401', '403', '500', '503'])

function renderErrors(statuses: readonly string[]): string {
  const own = statuses.filter((status) => status >= '400' && !everywhere.has(status))
  return own.length > 0 ? `Errors: ${own.join(', ')}` : ''
}

function renderParameter({
  name,
  in: place,
  required = false,
  description,
  schema,
}: Parameter): string {
  const text = description ? `: ${description}` : ''
  return `* \`${name}\` (${place}${required ? '' : ', optional'}) \`${renderType(schema)}\`${text}`
}

function renderContent(content: Content): string {
  return Object.entries(content)
    .map(([media, { schema }]) => {
      const type = renderType(schema)
      const what = media === 'application/json' ? '' : ` as \`${media}\``
      return type.includes('\n') ? `\n\n\`\`\`text\n${type}\n\`\`\`\n${what}` : `\`${type}\`${what}`
    })
    .join(', or ')
}

function renderShape(name: string, schema: JsonSchema): string {
  const description = typeof schema['description'] === 'string' ? schema['description'] : ''
  const code = `\`\`\`text\ntype ${name} = ${renderType(schema)}\n\`\`\``
  return [`### ${name}`, description, code].filter((part) => part !== '').join('\n\n')
}

/** Writes a JSON Schema in the notation of TypeScript. */
function renderType(schema: unknown, indent = ''): string {
  if (typeof schema !== 'object' || schema === null) return 'unknown'
  const { $ref, enum: values, anyOf, oneOf, allOf, type, items, ...rest } = schema as JsonSchema
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? 'unknown'
  if ('const' in rest) return JSON.stringify(rest['const'])
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ')
  const union = anyOf ?? oneOf
  if (Array.isArray(union)) return union.map((member) => renderType(member, indent)).join(' | ')
  if (Array.isArray(allOf)) return allOf.map((member) => renderType(member, indent)).join(' & ')
  if (Array.isArray(type)) return type.join(' | ')
  if (type === 'array') return renderArray(renderType(items, indent))
  if (type === 'object') return renderObject(rest, indent)
  return type === 'integer' ? 'number' : typeof type === 'string' ? type : 'unknown'
}

function renderArray(item: string): string {
  return /[|&]/.test(item) && !item.endsWith('}') ? `(${item})[]` : `${item}[]`
}

function renderObject(schema: JsonSchema, indent: string): string {
  const { properties, required, additionalProperties } = schema
  const inner = `${indent}  `
  const names: ReadonlySet<unknown> = new Set(Array.isArray(required) ? required : [])
  const members = Object.entries((properties ?? {}) as Record<string, JsonSchema>).flatMap(
    ([name, member]) => [
      ...(typeof member['description'] === 'string' ? [`${inner}// ${member['description']}`] : []),
      `${inner}${/^\w+$/.test(name) ? name : JSON.stringify(name)}${names.has(name) ? '' : '?'}: ${renderType(member, inner)}`,
    ],
  )
  if (typeof additionalProperties === 'object') {
    members.push(`${inner}[name: string]: ${renderType(additionalProperties, inner)}`)
  }
  return members.length === 0 ? 'object' : `{\n${members.join('\n')}\n${indent}}`
}
