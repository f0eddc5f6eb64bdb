import type { ComponentType } from 'preact'
import { type About, hasEndpoint, offers, serves } from './app/about.ts'

import { knownPages } from './app/known-pages.ts'
import type { PageProps } from './app/page-props.ts'
import OverviewPage from './pages/overview/index.tsx'
import type { IconName } from './parts/icon.tsx'
import { texts } from './texts.ts'

/** A page of the console. */
export interface PageEntry {
  readonly id: string
  /** The path below the console; `:name` is a parameter of the page. */
  readonly path: string
  readonly title: string
  /** Where the navigation shows the page; absent for a page that others lead to. */
  readonly place?: {
    readonly group: keyof typeof texts.groups
    readonly icon: IconName
    readonly key: string
  }
  /** Does this deployment serve what the page needs? */
  isOffered(about: About): boolean
  /** Loads the page, when it is first shown. */
  load(): Promise<ComponentType<PageProps>>
}

const onDemand = () => import('./pages/on-demand.ts').then(({ pagesOnDemand }) => pagesOnDemand)

/** Does introspection say what models and tables there are? */
const readsSchema = (about: About) => offers('read_schema', about)

/** Every page, in the order of the navigation. A page is a folder in `pages/` and an entry here. */
export const pages: readonly PageEntry[] = [
  {
    id: 'overview',
    path: '/overview',
    title: texts.pages.overview,
    place: { group: 'overview', icon: 'overview', key: 'o' },
    isOffered: () => true,
    load: async () => OverviewPage,
  },
  {
    id: 'runs',
    path: '/runs',
    title: texts.pages.runs,
    place: { group: 'agents', icon: 'runs', key: 'r' },
    isOffered: () => true,
    load: async () => (await onDemand()).runs,
  },
  {
    id: 'run',
    path: '/runs/:runId',
    title: texts.pages.run,
    isOffered: () => true,
    load: async () => (await onDemand()).run,
  },
  {
    id: 'approvals',
    path: '/approvals',
    title: texts.pages.approvals,
    place: { group: 'agents', icon: 'approvals', key: 'a' },
    isOffered: (about) => serves('approvals', about),
    load: async () => (await onDemand()).approvals,
  },
  {
    id: 'chat',
    path: '/chat',
    title: texts.pages.chat,
    place: { group: 'agents', icon: 'chat', key: 'c' },
    isOffered: (about) => serves('sessions', about) && about.config.agents.length > 0,
    load: async () => (await onDemand()).chat,
  },
  {
    id: 'schema',
    path: '/schema',
    title: texts.pages.schema,
    place: { group: 'database', icon: 'schema', key: 's' },
    isOffered: readsSchema,
    load: async () => (await onDemand()).schema,
  },
  {
    id: 'model',
    path: '/schema/:model',
    title: texts.pages.model,
    isOffered: readsSchema,
    load: async () => (await onDemand()).model,
  },
  {
    id: 'health',
    path: '/health',
    title: texts.pages.health,
    place: { group: 'database', icon: 'health', key: 'h' },
    isOffered: readsSchema,
    load: async () => (await onDemand()).health,
  },
  {
    id: 'migrations',
    path: '/migrations',
    title: texts.pages.migrations,
    place: { group: 'database', icon: 'migrations', key: 'm' },
    isOffered: (about) => offers('read_migrations', about),
    load: async () => (await onDemand()).migrations,
  },
  {
    id: 'data',
    path: '/data',
    title: texts.pages.data,
    place: { group: 'database', icon: 'data', key: 'd' },
    isOffered: (about) => offers('read_data', about),
    load: async () => (await onDemand()).data,
  },
  {
    id: 'rows',
    path: '/data/:model',
    title: texts.pages.data,
    isOffered: (about) => offers('read_data', about),
    load: async () => (await onDemand()).data,
  },
  {
    id: 'tools',
    path: '/tools',
    title: texts.pages.tools,
    place: { group: 'project', icon: 'tool', key: 't' },
    isOffered: (about) => serves('tools', about) || offers('ai_tools', about),
    load: async () => (await onDemand()).tools,
  },
  {
    id: 'changes',
    path: '/changes',
    title: texts.pages.changes,
    place: { group: 'project', icon: 'copy', key: 'f' },
    isOffered: (about) => hasEndpoint('changes', about),
    load: async () => (await onDemand()).changes,
  },
  {
    id: 'api',
    path: '/api',
    title: texts.pages.api,
    place: { group: 'project', icon: 'api', key: 'i' },
    isOffered: () => true,
    load: async () => (await onDemand()).api,
  },
]

for (const page of pages) knownPages.set(page.id, page)

/** Finds the page of a path, and the parameters in it. */
export function findPage(
  path: string,
): { readonly page: PageEntry; readonly params: PageProps['params'] } | null {
  for (const page of pages) {
    const names: string[] = []
    const pattern = page.path.replace(/:(\w+)/g, (_, name: string) => {
      names.push(name)
      return '([^/]+)'
    })
    const found = new RegExp(`^${pattern}$`).exec(path)
    if (!found) continue
    const params = names.map((name, index) => [name, decode(found[index + 1] ?? '')] as const)
    return { page, params: Object.fromEntries(params) }
  }
  return null
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
