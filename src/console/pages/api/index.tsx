import type { PageProps } from '../../app/page-props.ts'
import type { OpenApiDocument } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { place } from '../../app/router.ts'
import { IndexList } from '../../parts/index-list.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { SplitHead } from '../../parts/sides.tsx'
import { isNarrow } from '../../parts/table.tsx'
import { type ApiRoute, listRoutes, searchRoutes } from './operations.ts'
import { RouteView } from './route-view.tsx'
import { apiTexts } from './texts.ts'

/** The routes of the studio, from its OpenAPI document. */
export default function ApiPage(_: PageProps) {
  const loaded = useLoaded((signal) => client.get('/openapi.json', { signal }), [])
  return <Show loaded={loaded}>{(document) => <Routes document={document} />}</Show>
}

function Routes({ document }: { readonly document: OpenApiDocument }) {
  const routes = listRoutes(document)
  const named = place.value.query.get('route')
  const route = routes.find(({ id }) => id === named) ?? (named === null ? routes[0] : undefined)
  const isListed = !isNarrow.value || named === null
  const isShown = !isNarrow.value || named !== null
  return (
    <div class="split-page">
      {isListed && <RouteList document={document} routes={routes} current={route?.id} />}
      {isShown && (
        <section class="split-main" aria-label={apiTexts.title}>
          <SplitHead back="/api" label={apiTexts.operations}>
            {route && <Method of={route.method} />}
            <h1 class="mono">
              <Name text={route?.path ?? apiTexts.title} max={120} />
            </h1>
          </SplitHead>
          {route ? (
            <RouteView key={route.id} document={document} route={route} />
          ) : (
            <Empty title={apiTexts.unknown} hint={apiTexts.unknownHint} icon="api" />
          )}
        </section>
      )}
    </div>
  )
}

function RouteList({
  document,
  routes,
  current,
}: {
  readonly document: OpenApiDocument
  readonly routes: readonly ApiRoute[]
  readonly current: string | undefined
}) {
  const search = place.value.query.get('search') ?? ''
  const found = searchRoutes(routes, search)
  const tags = [...document.tags.map(({ name }) => name), '']
  const byTag = found.toSorted((one, other) => tags.indexOf(one.tag) - tags.indexOf(other.tag))
  return (
    <IndexList
      label={apiTexts.operations}
      search={apiTexts.search}
      nothing={apiTexts.nothing}
      current={current}
      entries={byTag.map(({ id, tag, path, method, operation }) => ({
        id,
        group: tag || apiTexts.title,
        to: `/api?route=${encodeURIComponent(id)}`,
        hint: operation.summary,
        shown: (
          <>
            <code>
              <Name text={path} max={80} />
            </code>
            <Method of={method} />
          </>
        ),
      }))}
    />
  )
}

function Method({ of }: { readonly of: string }) {
  return <span class={`api-method ${of.toLowerCase()}`}>{of}</span>
}
