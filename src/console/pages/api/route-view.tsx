import type { OpenApiDocument } from '../../../client.ts'
import { apiUrl } from '../../app/api.ts'
import { token } from '../../app/session.ts'
import { place } from '../../app/router.ts'
import { parseInline } from '../../parts/inline.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { type Snippet, Snippets } from '../../parts/snippets.tsx'
import { type ApiRoute, listAnswers, readBody, resolve } from './operations.ts'
import { languages, type Values } from './languages.ts'
import { apiTexts } from './texts.ts'
import { TryIt } from './try-it.tsx'

/** One route: what it does, how to call it, and what it answers. */
export function RouteView({
  document,
  route,
}: {
  readonly document: OpenApiDocument
  readonly route: ApiRoute
}) {
  const { method, operation } = route
  const values = readValues(route)
  const body = readBody(operation.requestBody)
  return (
    <div class="scroll api-route" tabIndex={0} role="region" aria-label={apiTexts.route}>
      <p>{parseInline(operation.description ?? operation.summary ?? '')}</p>
      <Snippets label={apiTexts.snippets} snippets={toSnippets(route, values)} />
      <h2>{apiTexts.tryIt}</h2>
      {method === 'GET' ? (
        <TryIt route={route} values={values} />
      ) : (
        <p class="quiet">{apiTexts.onlyGet}</p>
      )}
      {body.schema !== undefined && (
        <>
          <h2>{apiTexts.body}</h2>
          <JsonView value={resolve(document, body.schema)} depth={2} />
        </>
      )}
      <h2>{apiTexts.answers}</h2>
      <dl class="api-answers">
        {listAnswers(document, operation).map(({ status, description, schemaName, schema }) => (
          <div key={status}>
            <dt>
              <code>{status}</code>
            </dt>
            <dd>
              {parseInline(description)}
              {schema !== undefined && (
                <details>
                  <summary>{schemaName || 'JSON'}</summary>
                  <JsonView value={schema} depth={2} />
                </details>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

function readValues({ operation }: ApiRoute): Values {
  const { query } = place.value
  const names = (operation.parameters ?? []).map(({ name }) => name)
  const typed = names.map((name) => [name, query.get(`p.${name}`) ?? ''] as const)
  return Object.fromEntries(typed.filter(([, value]) => value !== ''))
}

function toSnippets(route: ApiRoute, values: Values): Snippet[] {
  const input = {
    route,
    values,
    baseUrl: apiUrl.href.replace(/\/$/, ''),
    needsToken: token.value !== null,
  }
  return Object.entries(languages).flatMap(([id, write]) => {
    const text = write(input)
    return text === null
      ? []
      : [{ id, title: apiTexts.languages[id as keyof typeof languages], text }]
  })
}
