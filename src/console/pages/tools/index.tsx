import { offers, serves } from '../../app/about.ts'
import type { PageProps } from '../../app/page-props.ts'
import { place } from '../../app/router.ts'
import { toTest } from '../../app/words.ts'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { type IndexEntry, IndexList } from '../../parts/index-list.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { SplitHead } from '../../parts/sides.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { isNarrow } from '../../parts/table.tsx'
import { AgentView } from './agent-view.tsx'
import { Connect } from './connect.tsx'
import { listAgents, type ProjectTool, useProjectTools } from './inventory.ts'
import { toolsTexts } from './texts.ts'
import { ToolView } from './tool-view.tsx'

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
  const { query } = place.value
  const test = toTest(query.get('search') ?? '')
  const named = query.get('of')
  const chosen = entries.find(({ id }) => id === named) ?? (named === null ? entries[0] : undefined)
  const isListed = !isNarrow.value || named === null
  const isShown = !isNarrow.value || named !== null
  if (entries.length === 0) {
    return <Empty title={toolsTexts.empty} hint={toolsTexts.emptyHint} icon="tool" />
  }
  return (
    <div class="split-page">
      {isListed && (
        <IndexList
          label={toolsTexts.list}
          search={toolsTexts.search}
          nothing={toolsTexts.nothing}
          current={chosen?.id}
          entries={entries.filter(({ title }) => test(title)).map(toEntry)}
        />
      )}
      {isShown && (
        <section class="split-main" aria-label={toolsTexts.title}>
          <SplitHead back="/tools" label={toolsTexts.list}>
            <h1>
              <Name text={chosen?.title ?? toolsTexts.title} max={100} />
            </h1>
          </SplitHead>
          <Chosen id={chosen?.id ?? ''} tools={tools} />
        </section>
      )}
    </div>
  )
}

function toEntry({ id, title, group, icon }: ToolEntry): IndexEntry {
  return {
    id,
    group,
    to: `/tools?of=${encodeURIComponent(id)}`,
    shown: (
      <>
        <Icon name={icon} />
        <Name text={title} max={80} />
      </>
    ),
  }
}

function Chosen({ id, tools }: { readonly id: string; readonly tools: readonly ProjectTool[] }) {
  if (id === 'connect') return <Connect />
  if (id.startsWith('agent:')) return <AgentView key={id} agentId={id.slice('agent:'.length)} />
  const tool = tools.find(({ name }) => id === `tool:${name}`)
  if (tool) return <ToolView key={id} tool={tool} />
  return <Empty title={toolsTexts.unknown} hint={toolsTexts.unknownHint} icon="tool" />
}
