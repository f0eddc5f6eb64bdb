import type { StreamedEvent } from '../../../client.ts'
import { place, setQuery } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Empty } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { runTexts } from './texts.ts'

/** The events of a run as they were sent, newest last. Pieces of text are left out until they are asked for. */
export function Log({ events }: { readonly events: readonly StreamedEvent[] }) {
  const { query } = place.value
  const isWhole = query.get('deltas') === '1'
  const chosen = query.get('event')
  const rows = isWhole ? events : events.filter(({ type }) => !type.endsWith('_delta'))
  const event = chosen === null ? undefined : events.find(({ seq }) => String(seq) === chosen)
  if (events.length === 0) return <Empty title={runTexts.nothingYet} icon="runs" />
  return (
    <>
      <div class="filters">
        <label class="check">
          <input
            type="checkbox"
            checked={isWhole}
            onChange={({ currentTarget }) =>
              setQuery({ deltas: currentTarget.checked ? '1' : null })
            }
          />
          {runTexts.deltas}
        </label>
      </div>
      <div class="split">
        <EventTable rows={rows} chosen={chosen} />
        {event && <EventPanel event={event} />}
      </div>
    </>
  )
}

function EventTable({
  rows,
  chosen,
}: {
  readonly rows: readonly StreamedEvent[]
  readonly chosen: string | null
}) {
  return (
    <Table
      label={runTexts.log}
      rows={rows}
      rowHeight={30}
      keyOf={({ seq, type }) => `${seq} ${type}`}
      isMarked={({ seq }) => String(seq) === chosen}
      columns={[
        {
          id: 'seq',
          title: runTexts.columns.seq,
          width: '48px',
          align: 'end',
          cell: ({ seq }) => seq,
        },
        {
          id: 'type',
          title: runTexts.columns.type,
          width: 'minmax(130px, 190px)',
          cell: ({ seq, type }) => (
            <button
              type="button"
              class="row-link mono"
              onClick={() => setQuery({ event: String(seq) })}
            >
              {type}
            </button>
          ),
        },
        {
          id: 'turn',
          title: runTexts.columns.turn,
          width: '40px',
          align: 'end',
          wideOnly: true,
          cell: (one) => ('turn' in one ? one.turn : ''),
        },
        {
          id: 'text',
          title: runTexts.columns.text,
          width: 'minmax(0, 1fr)',
          cell: (one) => (
            <span class="quiet">
              <Name text={summarize(one)} max={200} />
            </span>
          ),
        },
      ]}
    />
  )
}

function EventPanel({ event }: { readonly event: StreamedEvent }) {
  return (
    <aside class="panel" aria-label={event.type}>
      <header>
        <h2>
          {event.type} {event.seq}
        </h2>
        <Button
          kind="bare"
          icon="close"
          label={runTexts.closeSpan}
          onClick={() => setQuery({ event: null })}
        />
      </header>
      <JsonView value={event} depth={4} />
    </aside>
  )
}

/** Says in one line what an event holds. */
function summarize(event: StreamedEvent): string {
  switch (event.type) {
    case 'text_delta':
    case 'reasoning_delta':
    case 'tool_call_delta':
      return event.delta
    case 'tool_call':
      return `${event.toolCall.function.name} ${JSON.stringify(event.toolCall.function.arguments)}`
    case 'tool_result':
      return `${event.toolName} ${event.result}`
    case 'tool_approval_request':
    case 'tool_approval_result':
      return `${event.approval.toolName} ${event.approval.status}`
    case 'turn_start':
      return event.attempt === undefined ? '' : runTexts.attempt(event.attempt)
    case 'turn_end':
      return `${event.finishReason} · ${runTexts.tokensOf(String(event.usage.inputTokens), String(event.usage.outputTokens))}`
    case 'final':
      return event.output
    case 'error':
      return `${event.error.code}: ${event.error.message}`
    case 'cancelled':
      return event.reason ?? ''
    default:
      return ''
  }
}
