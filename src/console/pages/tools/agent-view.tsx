import { hrefOf } from '../../app/router.ts'
import { formatDuration } from '../../app/time.ts'
import { Badge } from '../../parts/badge.tsx'
import { parseInline } from '../../parts/inline.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Show } from '../../parts/states.tsx'
import { type AgentEquipment, useAgent } from './inventory.ts'
import { toolsTexts } from './texts.ts'
import { ToolFacts } from './tool-view.tsx'

const { marks } = toolsTexts
const yesOrNo = (is: boolean) => (is ? toolsTexts.yes : toolsTexts.no)

/** One agent: its model, its limits, its tools and when they ask a person. */
export function AgentView({ agentId }: { readonly agentId: string }) {
  const loaded = useAgent(agentId)
  return (
    <div class="scroll api-route" tabIndex={0} role="region" aria-label={toolsTexts.agents}>
      <Show loaded={loaded}>
        {({ runtime, tools }) => (
          <>
            <p>{parseInline(runtime.description ?? '')}</p>
            <RuntimeFacts runtime={runtime} />
            <p>
              <a href={hrefOf(`/runs?agent=${encodeURIComponent(agentId)}`)}>{toolsTexts.runs}</a>
            </p>
            <h2>{toolsTexts.title}</h2>
            {tools.length === 0 && <p class="quiet">{toolsTexts.noAgentTools}</p>}
            {tools.map((tool) => (
              <AgentTool key={tool.name} tool={tool} />
            ))}
          </>
        )}
      </Show>
    </div>
  )
}

function RuntimeFacts({ runtime }: { readonly runtime: AgentEquipment['runtime'] }) {
  const { model, limits } = runtime
  return (
    <ToolFacts
      of={[
        ['model', model?.modelId],
        ['provider', model?.provider],
        ['instructions', runtime.hasInstructions ? toolsTexts.instructionsHint : toolsTexts.no],
        ['memory', yesOrNo(runtime.hasMemory)],
        ['output', yesOrNo(runtime.hasOutputSchema)],
        ['turns', atMost(runtime.defaultMaxTurns)],
        ['toolCalls', atMost(limits.maxToolCalls)],
        ['concurrency', limits.toolConcurrency?.toString()],
        ['retries', limits.retries?.toString()],
        ['disconnect', runtime.onDisconnect],
      ]}
    />
  )
}

/** The framework of a hosted agent has limits of its own, which are not shown. */
function atMost(limit: number | undefined): string | null {
  return limit === undefined ? null : toolsTexts.atMost(limit)
}

function AgentTool({ tool }: { readonly tool: AgentEquipment['tools'][number] }) {
  const { name, description, parameters, approval, idempotent, onUnknown, timeoutMs } = tool
  const expires = approval.required ? approval.expiresInMs : null
  return (
    <section class="agent-tool" aria-label={name.slice(0, 100)}>
      <h3>
        <code>
          <Name text={name} max={100} />
        </code>
        <Badge tone={approval.required ? 'wait' : 'quiet'}>
          {approval.required ? marks.approval : marks.free}
        </Badge>
      </h3>
      <p>{parseInline(description)}</p>
      <ToolFacts
        of={[
          ['timeout', timeoutMs ? formatDuration(timeoutMs) : null],
          ['expires', expires ? formatDuration(expires) : null],
          ['onUnknown', `${onUnknown}, ${idempotent ? marks.idempotent : marks.notIdempotent}`],
        ]}
      />
      <details class="tool-schema">
        <summary>{toolsTexts.input}</summary>
        <JsonView value={parameters} depth={3} />
      </details>
    </section>
  )
}
