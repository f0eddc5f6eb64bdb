import { offers, serves } from '../../app/about.ts'
import type { PageProps } from '../../app/page-props.ts'
import { hrefOf, place, setQuery } from '../../app/router.ts'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { isNarrow } from '../../parts/table.tsx'
import { AgentView } from './agent-view.tsx'
import { Connect } from './connect.tsx'
import { listAgents, type ProjectTool, useProjectTools } from './inventory.ts'
import { toolsTexts } from './texts.ts'
import { ToolView } from './tool-view.tsx'

/** How many entries of a group are listed before one has to search. */
const listed = 300

/** One entry of the list: an agent, a tool, or how to connect. */
interface ToolEntry {
  /** What the address names: `agent:support`, `tool:search_schema` or `connect`. */
  readonly id: string
  readonly title: string
  readonly group: string
  readonly icon: IconName
}

/** The tools of the project and of the agents. */
export default function ToolsPage(_: PageProps) {
  const loaded = useProjectTools()
  return <Show loaded={loaded}>{(tools) => <Inventory tools={tools} />}</Show>
}

function listEntries(tools: readonly ProjectTool[]): ToolEntry[] {
  const agents = serves('tools') ? listAgents() : []
  const { connect, agents: ofAgents, projectTools } = toolsTexts
  return [
    ...agents.map(({ id, name }): ToolEntry => {
      return { id: `agent:${id}`, title: name, group: ofAgents, icon: 'agent' }
    }),
    ...(offers('ai_tools')
      ? [{ id: 'connect', title: connect, group: projectTools, icon: 'link' as const }]
      : []),
    ...tools.map(({ name }): ToolEntry => {
      return { id: `tool:${name}`, title: name, group: projectTools, icon: 'tool' }
    }),
  ]
}

function Inventory({ tools }: { readonly tools: readonly ProjectTool[] }) {
  const entries = listEntries(tools)
  const named = place.value.query.get('of')
  const chosen = entries.find(({ id }) => id === named) ?? (named === null ? entries[0] : undefined)
  const isListed = !isNarrow.value || named === null
  const isShown = !isNarrow.value || named !== null
  if (entries.length === 0) {
    return <Empty title={toolsTexts.empty} hint={toolsTexts.emptyHint} icon="tool" />
  }
  return (
    <div class="split-page">
      {isListed && <EntryList entries={entries} current={chosen?.id} />}
      {isShown && (
        <section class="split-main" aria-label={toolsTexts.title}>
          <header class="page-head">
            {isNarrow.value && (
              <a class="back" href={hrefOf('/tools')} aria-label={toolsTexts.list}>
                <Icon name="right" />
              </a>
            )}
            <h1>
              <Name text={chosen?.title ?? toolsTexts.title} max={100} />
            </h1>
          </header>
          <Chosen id={chosen?.id ?? ''} tools={tools} />
        </section>
      )}
    </div>
  )
}

function Chosen({ id, tools }: { readonly id: string; readonly tools: readonly ProjectTool[] }) {
  if (id === 'connect') return <Connect />
  if (id.startsWith('agent:')) return <AgentView key={id} agentId={id.slice('agent:'.length)} />
  const tool = tools.find(({ name }) => id === `tool:${name}`)
  if (tool) return <ToolView key={id} tool={tool} />
  return <Empty title={toolsTexts.unknown} hint={toolsTexts.unknownHint} icon="tool" />
}

function EntryList({
  entries,
  current,
}: {
  readonly entries: readonly ToolEntry[]
  readonly current: string | undefined
}) {
  const search = place.value.query.get('search') ?? ''
  const words = search.toLowerCase().split(/\s+/)
  const found = entries.filter(({ title }) =>
    words.every((word) => title.toLowerCase().includes(word)),
  )
  const groups = [...new Set(found.map(({ group }) => group))]
  return (
    <nav class="side-list" aria-label={toolsTexts.list}>
      <input
        type="search"
        aria-label={toolsTexts.search}
        placeholder={toolsTexts.search}
        value={search}
        onInput={({ currentTarget }) => setQuery({ search: currentTarget.value })}
      />
      {found.length > listed && <p class="quiet">{toolsTexts.more(found.length - listed)}</p>}
      {found.length === 0 && <p class="quiet">{toolsTexts.nothing}</p>}
      <div class="api-tags">
        {groups.map((group) => (
          <div key={group}>
            <h2>{group}</h2>
            <ul>
              {found
                .filter((entry) => entry.group === group)
                .slice(0, listed)
                .map((entry) => (
                  <li key={entry.id}>
                    <EntryLink entry={entry} search={search} isCurrent={entry.id === current} />
                  </li>
                ))}
            </ul>
          </div>
        ))}
      </div>
    </nav>
  )
}

function EntryLink({
  entry,
  search,
  isCurrent,
}: {
  readonly entry: ToolEntry
  readonly search: string
  readonly isCurrent: boolean
}) {
  const query = new URLSearchParams({ of: entry.id, ...(search === '' ? {} : { search }) })
  return (
    <a
      class="with-icon"
      href={hrefOf(`/tools?${query.toString()}`)}
      aria-current={isCurrent && !isNarrow.value ? 'page' : undefined}
    >
      <Icon name={entry.icon} />
      <Name text={entry.title} max={80} />
    </a>
  )
}
