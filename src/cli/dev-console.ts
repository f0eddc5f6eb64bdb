import { consoleAssets } from '../console.ts'
import { type HostContext, Studio, type StudioFetch } from '../index.ts'
import type { LoadedStudio } from './load-studio.ts'

/** Serves the console beside a Studio that was made without it. */
export function withConsole(studio: LoadedStudio): LoadedStudio {
  const { basePath } = studio
  const shell = new Studio([], { basePath, introspection: false, console: consoleAssets() })
  const isForConsole = ({ url, headers }: Request) => {
    const path = new URL(url).pathname
    const isRoot = path === basePath || path === `${basePath}/`
    return isRoot
      ? (headers.get('accept') ?? '').includes('text/html')
      : path === `${basePath}/console` || path.startsWith(`${basePath}/console/`)
  }
  return {
    basePath,
    secured: studio.secured,
    fetch: ((request: Request, env?: unknown, context?: HostContext) =>
      (isForConsole(request) ? shell : studio).fetch(request, env, context)) as StudioFetch,
    ready: () => studio.ready(),
    work: () => studio.work(),
    close: () => studio.close(),
  }
}

/** Returns the address of the console, with the token of the environment if the Studio accepts it. */
export async function findConsole(
  url: string,
  { basePath, secured, fetch }: LoadedStudio,
  token: string | undefined,
): Promise<string> {
  const address = `${url}${basePath}/console`
  if (!secured) return address
  if (!token) return `${address} (asks for a token)`
  const headers = { authorization: `Bearer ${token}` }
  const { ok } = await fetch(new Request(`${url}${basePath}/config`, { headers }))
  return ok ? `${address}#token=${encodeURIComponent(token)}` : `${address} (asks for a token)`
}
