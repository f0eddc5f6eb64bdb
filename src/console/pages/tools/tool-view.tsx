import { hrefOf } from '../../app/router.ts'
import { Badge } from '../../parts/badge.tsx'
import { parseInline } from '../../parts/inline.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { Name } from '../../parts/plain-text.tsx'
import type { ProjectTool } from './inventory.ts'
import { toolsTexts } from './texts.ts'
import { TryTool } from './try-tool.tsx'

const { marks, facts } = toolsTexts

/** One tool of the project: what it does, a form to try it, and its schemas. */
export function ToolView({ tool }: { readonly tool: ProjectTool }) {
  const { annotations, model, app_label: app } = tool
  return (
    <div class="scroll api-route" tabIndex={0} role="region" aria-label={toolsTexts.tool}>
      <p>{parseInline(tool.description)}</p>
      <p class="tool-marks">
        <Badge tone={annotations.readOnlyHint ? 'good' : 'wait'}>
          {annotations.readOnlyHint ? marks.readOnly : marks.writes}
        </Badge>
        {annotations.destructiveHint && <Badge tone="bad">{marks.destructive}</Badge>}
        {tool.approval_required && <Badge tone="wait">{marks.approval}</Badge>}
        {annotations.idempotentHint && <Badge tone="quiet">{marks.idempotent}</Badge>}
        <span class="quiet">
          <code>
            {tool.http_method} <Name text={tool.path} />
          </code>
        </span>
        {model !== null && (
          <a href={hrefOf(`/data/${encodeURIComponent(app === null ? model : `${app}.${model}`)}`)}>
            <Name text={model} max={60} />
          </a>
        )}
      </p>
      <h2>{toolsTexts.try}</h2>
      <TryTool tool={tool} />
      <h2>{toolsTexts.input}</h2>
      <JsonView value={tool.input_schema} depth={3} />
      {tool.output_schema && (
        <details class="tool-schema">
          <summary>{toolsTexts.output}</summary>
          <JsonView value={tool.output_schema} depth={2} />
        </details>
      )}
    </div>
  )
}

/** A row of names and values. */
export function Facts({
  of,
}: {
  readonly of: readonly (readonly [keyof typeof facts, string | null | undefined])[]
}) {
  return (
    <dl class="tool-facts">
      {of.map(([name, value]) =>
        value === null || value === undefined ? null : (
          <div key={name}>
            <dt>{facts[name]}</dt>
            <dd>
              <Name text={value} max={120} />
            </dd>
          </div>
        ),
      )}
    </dl>
  )
}
