import { about, offers, serves } from '../app/about.ts'
import { client } from '../app/api.ts'
import { pages } from '../pages.ts'
import type { IconName } from '../parts/icon.tsx'
import { texts } from '../texts.ts'

/** Something that the palette found. */
export interface Found {
  readonly id: string
  readonly kind: string
  readonly icon: IconName
  readonly title: string
  readonly detail?: string
  /** The place where it is. */
  readonly to: string
}

/** Where the palette searches. A source that fails finds nothing. */
export const sources: readonly ((
  query: string,
  signal: AbortSignal,
) => Promise<readonly Found[]>)[] = [findPages, findAgents, findRun, findSessions, findModels]

async function findPages(query: string): Promise<readonly Found[]> {
  const given = about.value
  return pages
    .filter((page) => page.place && given && page.isOffered(given))
    .filter(({ title }) => matches(query, title))
    .map(({ id, title, path, place }) => ({
      id: `page ${id}`,
      kind: texts.navigation,
      icon: place?.icon ?? 'runs',
      title,
      to: path,
    }))
}

async function findAgents(query: string): Promise<readonly Found[]> {
  const agents = about.value?.config.agents ?? []
  return agents
    .filter(({ id, name }) => matches(query, `${name} ${id}`))
    .slice(0, 8)
    .map(({ id, name }) => ({
      id: `agent ${id}`,
      kind: 'Agents',
      icon: 'agent',
      title: name,
      detail: id,
      to: `/runs?agent=${encodeURIComponent(id)}`,
    }))
}

async function findModels(query: string, signal: AbortSignal): Promise<readonly Found[]> {
  if (query.length < 2 || !offers('read_schema')) return []
  const { models } = await client.get('/ai/context/models', { query: { detail: 'names' }, signal })
  return models
    .filter(({ name, app_label }) => matches(query, `${app_label}.${name}`))
    .slice(0, 8)
    .map(({ name, app_label }) => ({
      id: `model ${app_label}.${name}`,
      kind: texts.pages.model,
      icon: 'schema',
      title: name,
      detail: app_label,
      to: `/schema/${encodeURIComponent(`${app_label}.${name}`)}`,
    }))
}

async function findRun(query: string, signal: AbortSignal): Promise<readonly Found[]> {
  if (query.length < 8 || /\s/.test(query)) return []
  const run = await client.runs.get(query, { signal })
  return [
    {
      id: `run ${run.id}`,
      kind: texts.pages.run,
      icon: 'runs',
      title: run.id,
      detail: texts.status[run.status],
      to: `/runs/${encodeURIComponent(run.id)}`,
    },
  ]
}

async function findSessions(query: string, signal: AbortSignal): Promise<readonly Found[]> {
  if (query === '' || !serves('sessions')) return []
  const { items } = await client.sessions.list({ search: query, limit: 6, signal }).page()
  return items.map(({ id, title = id }) => ({
    id: `session ${id}`,
    kind: texts.pages.chat,
    icon: 'chat',
    title,
    to: `/chat?session=${encodeURIComponent(id)}`,
  }))
}

/** Does a text hold every word of the query? */
function matches(query: string, text: string): boolean {
  const lower = text.toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word))
}
