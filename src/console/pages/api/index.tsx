import type { PageProps } from '../../app/page-props.ts'
import type { OpenApiDocument } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { hrefOf, place, setQuery } from '../../app/router.ts'
import { Icon } from '../../parts/icon.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Empty, Show } from '../../parts/states.tsx'
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
          <header class="page-head">
            {isNarrow.value && (
              <a class="back" href={hrefOf('/api')} aria-label={apiTexts.operations}>
                <Icon name="right" />
              </a>
            )}
            {route && <Method of={route.method} />}
            <h1 class="mono">
              <Name text={route?.path ?? apiTexts.title} max={120} />
            </h1>
          </header>
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
  const tags = [...new Set([...document.tags.map(({ name }) => name), ''])]
  return (
    <nav class="side-list api-list" aria-label={apiTexts.operations}>
      <input
        type="search"
        aria-label={apiTexts.search}
        placeholder={apiTexts.search}
        value={search}
        onInput={({ currentTarget }) => setQuery({ search: currentTarget.value })}
      />
      {found.length === 0 && <p class="quiet">{apiTexts.nothing}</p>}
      <div class="api-tags">
        {tags.map((tag) => {
          const own = found.filter((route) => route.tag === tag)
          if (own.length === 0) return null
          return (
            <div key={tag}>
              <h2>
                <Name text={tag || apiTexts.title} max={60} />
              </h2>
              <ul>
                {own.map((route) => (
                  <li key={route.id}>
                    <RouteLink route={route} search={search} isCurrent={route.id === current} />
                  </li>
                ))}
              </ul>
            </div>
          )
        })}
      </div>
    </nav>
  )
}

function RouteLink({
  route,
  search,
  isCurrent,
}: {
  readonly route: ApiRoute
  readonly search: string
  readonly isCurrent: boolean
}) {
  const query = new URLSearchParams({ route: route.id, ...(search === '' ? {} : { search }) })
  return (
    <a
      href={hrefOf(`/api?${query.toString()}`)}
      title={route.operation.summary}
      aria-current={isCurrent && !isNarrow.value ? 'page' : undefined}
    >
      <Name text={route.path} max={80} />
      <Method of={route.method} />
    </a>
  )
}

function Method({ of }: { readonly of: string }) {
  return <span class={`api-method ${of.toLowerCase()}`}>{of}</span>
}
