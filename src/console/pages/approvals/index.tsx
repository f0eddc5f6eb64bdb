import { useEffect, useState } from 'preact/hooks'
import type { ApprovalInfo } from '../../../client.ts'
import { about } from '../../app/about.ts'
import { useKeys } from '../../app/keys.ts'
import type { PageProps } from '../../app/page-props.ts'
import type { Paged } from '../../app/paged.ts'
import { place, setQuery } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { Choice } from '../../parts/forms/filters.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { chosenTab, Tabs } from '../../parts/tabs.tsx'
import { ApprovalDetail } from './approval-detail.tsx'
import { type ApprovalView, useApprovalList } from './approval-list.ts'
import { ApprovalTable } from './approval-table.tsx'
import { DecideDialog } from './decide-dialog.tsx'
import { ChangesNote } from './changes-note.tsx'
import { approvalsTexts as texts } from './texts.ts'

/** The inbox: the tool calls that wait for a person, and those that were decided. */
export default function ApprovalsPage(_: PageProps) {
  const { query } = place.value
  const agent = query.get('agent') ?? ''
  const open = query.get('approval')
  const view = chosenTab(tabsOf(null)) as ApprovalView
  const list = useApprovalList(view, agent)
  const selection = useSelection(view === 'pending' ? (list.data?.items ?? []) : [], view + agent)
  const onDecided = (id: string) => {
    const pending = view === 'pending' ? (list.data?.items ?? []) : []
    const index = pending.findIndex((one) => one.id === id)
    const next = pending[index + 1] ?? pending[index - 1]
    setQuery({ approval: index < 0 ? id : (next?.id ?? null) })
    list.reload()
  }
  return (
    <>
      <header class="page-head">
        <h1>{texts.title}</h1>
        <span class="push">
          <AgentChoice agent={agent} />
        </span>
      </header>
      <ChangesNote />
      <Tabs label={texts.views} tabs={tabsOf(view === 'pending' ? list.data : null)} />
      <div
        id="tab-panel"
        role="tabpanel"
        aria-labelledby={`tab-${view}`}
        class={open === null ? 'inbox' : 'inbox open'}
      >
        <Rows list={list} view={view} open={open} selection={selection} />
        <section class="inbox-detail" aria-label={texts.call}>
          {open === null ? (
            <Empty title={texts.choose} hint={texts.chooseHint} icon="approvals" />
          ) : (
            <ApprovalDetail
              key={open}
              id={open}
              hasKeys={selection.chosen.length === 0}
              onDecided={onDecided}
            />
          )}
        </section>
      </div>
    </>
  )
}

interface Selected {
  readonly marked: ReadonlySet<string>
  readonly chosen: readonly ApprovalInfo[]
  mark(marked: ReadonlySet<string>): void
}

/** The calls that are selected; another view or filter selects nothing. */
function useSelection(pending: readonly ApprovalInfo[], key: string): Selected {
  const [marked, mark] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => mark(new Set()), [key])
  return { marked, mark, chosen: pending.filter(({ id }) => marked.has(id)) }
}

function Rows({
  list,
  view,
  open,
  selection: { marked, mark, chosen },
}: {
  readonly list: ReturnType<typeof useApprovalList>
  readonly view: ApprovalView
  readonly open: string | null
  readonly selection: Selected
}) {
  const [asked, setAsked] = useState<boolean | null>(null)
  useBulkKeys(chosen.length > 0, setAsked)
  const onDone = (failed: readonly string[]) => {
    mark(new Set(failed))
    setAsked(null)
    list.reload()
  }
  return (
    <div class="inbox-list">
      <Show loaded={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Nothing view={view} />
          ) : (
            <ApprovalTable
              items={items}
              view={view}
              open={open}
              marked={marked}
              onMark={mark}
              onEnd={list.more}
            />
          )
        }
      </Show>
      {chosen.length > 0 && (
        <BulkBar count={chosen.length} onAsk={setAsked} onClear={() => mark(new Set())} />
      )}
      {asked !== null && (
        <DecideDialog
          approvals={chosen}
          approved={asked}
          onClose={() => setAsked(null)}
          onDone={onDone}
        />
      )}
    </div>
  )
}

function tabsOf(data: Paged<unknown> | null) {
  const pending = { id: 'pending', title: texts.pending }
  return [
    data && !data.hasMore ? { ...pending, count: data.items.length } : pending,
    { id: 'resolved', title: texts.resolved },
  ]
}

function useBulkKeys(isOn: boolean, ask: (approved: boolean) => void) {
  useKeys(
    isOn
      ? [
          { keys: 'a', label: texts.keys.approve, run: () => ask(true) },
          { keys: 'r', label: texts.keys.reject, run: () => ask(false) },
        ]
      : [],
  )
}

function AgentChoice({ agent }: { readonly agent: string }) {
  const agents = about.value?.config.agents ?? []
  if (agents.length < 2 && agent === '') return null
  return (
    <Choice
      label={texts.agent}
      name="agent"
      value={agent}
      all={texts.anyAgent}
      options={agents.map(({ id, name }) => [id, name])}
      also={{ approval: null }}
    />
  )
}

function Nothing({ view }: { readonly view: ApprovalView }) {
  return view === 'pending' ? (
    <Empty title={texts.none} hint={texts.noneHint} icon="check" />
  ) : (
    <Empty title={texts.noneResolved} hint={texts.noneResolvedHint} icon="approvals" />
  )
}

function BulkBar({
  count,
  onAsk,
  onClear,
}: {
  readonly count: number
  onAsk(approved: boolean): void
  onClear(): void
}) {
  return (
    <div class="bulk" role="group" aria-label={texts.marked(count)}>
      <strong>{texts.marked(count)}</strong>
      <Button kind="main" icon="check" onClick={() => onAsk(true)}>
        {texts.approve}
      </Button>
      <Button kind="danger" icon="close" onClick={() => onAsk(false)}>
        {texts.reject}
      </Button>
      <Button kind="bare" onClick={onClear}>
        {texts.clear}
      </Button>
    </div>
  )
}
