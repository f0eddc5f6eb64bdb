import type { ComponentChildren } from 'preact'
import { useEffect, useErrorBoundary } from 'preact/hooks'
import { type About, projectName } from '../app/about.ts'
import { navigate, place } from '../app/router.ts'
import { logins } from '../app/session.ts'
import { findPage, pages } from '../pages.ts'
import { Empty, Failure, NotOffered } from '../parts/states.tsx'
import { texts } from '../texts.ts'
import { Late } from './late.tsx'

/** The page that the address names, or why there is none. */
export function PageFrame({ about }: { readonly about: About }) {
  const { path } = place.value
  const found = findPage(path)
  const title = found?.page.title ?? texts.notFound.title
  useEffect(() => {
    document.title = `${title} · ${projectName(about)}`
  }, [title])
  useEffect(() => {
    const [start] = pages.filter((page) => page.place && page.isOffered(about))
    if (path === '/' && start) navigate(start.path, { replace: true })
  }, [path])
  if (path === '/') return null
  return (
    <main id="main" tabIndex={-1}>
      {!found && <Empty {...texts.notFound} />}
      {found && !found.page.isOffered(about) && <NotOffered />}
      {found?.page.isOffered(about) && (
        <Guarded key={`${found.page.id} ${JSON.stringify(found.params)} ${logins.value}`}>
          <Late load={found.page.load} props={{ params: found.params }} />
        </Guarded>
      )}
    </main>
  )
}

/** A mistake in a page must not take the navigation away. */
function Guarded({ children }: { readonly children: ComponentChildren }) {
  const [error, reset] = useErrorBoundary((error: unknown) => console.error(error))
  return error === undefined ? <>{children}</> : <Failure error={error} onRetry={reset} />
}
