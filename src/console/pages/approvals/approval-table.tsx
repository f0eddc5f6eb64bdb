import type { ApprovalInfo } from '../../../client.ts'
import { hrefOf, place } from '../../app/router.ts'
import { Badge, type Tone } from '../../parts/badge.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Time } from '../../parts/when.tsx'
import type { ApprovalView } from './approval-list.ts'
import { Countdown } from './countdown.tsx'
import { approvalsTexts as texts } from './texts.ts'

const tones = {
  pending: 'wait',
  approved: 'good',
  rejected: 'bad',
  timed_out: 'off',
  cancelled: 'off',
} as const satisfies Record<ApprovalInfo['status'], Tone>

/** The state of an approval. */
export function ApprovalBadge({ of }: { readonly of: ApprovalInfo['status'] }) {
  return <Badge tone={tones[of]}>{texts.states[of]}</Badge>
}

/** The list of the inbox; each row leads to one call. */
export function ApprovalTable({
  items,
  view,
  open,
  marked,
  onMark,
  onEnd,
}: {
  readonly items: readonly ApprovalInfo[]
  readonly view: ApprovalView
  readonly open: string | null
  readonly marked: ReadonlySet<string>
  onMark(marked: ReadonlySet<string>): void
  onEnd(): void
}) {
  const toggle = ({ id }: ApprovalInfo) => {
    const next = new Set(marked)
    if (!next.delete(id)) next.add(id)
    onMark(next)
  }
  const isPending = view === 'pending'
  return (
    <Table
      label={texts.title}
      rows={items}
      keyOf={({ id }) => id}
      rowHeight={58}
      isMarked={({ id }) => id === open || marked.has(id)}
      {...(isPending ? { onSelect: toggle } : {})}
      onEnd={onEnd}
      columns={[
        ...(isPending ? [markColumn({ items, marked, onMark, toggle })] : []),
        { id: 'call', title: texts.call, width: 'minmax(0, 1fr)', cell: CallCell },
        {
          id: 'when',
          title: isPending ? texts.expiry : texts.decided,
          width: isPending ? '108px' : '96px',
          align: 'end',
          cell: (item) => (isPending ? <WhenPending item={item} /> : <WhenDecided item={item} />),
        },
      ]}
    />
  )
}

/** The boxes by which calls are selected. */
function markColumn({
  items,
  marked,
  onMark,
  toggle,
}: {
  readonly items: readonly ApprovalInfo[]
  readonly marked: ReadonlySet<string>
  onMark(marked: ReadonlySet<string>): void
  toggle(item: ApprovalInfo): void
}): Column<ApprovalInfo> {
  return {
    id: 'mark',
    title: (
      <input
        type="checkbox"
        aria-label={texts.markAll}
        checked={items.every(({ id }) => marked.has(id))}
        onChange={({ currentTarget }) =>
          onMark(new Set(currentTarget.checked ? items.map(({ id }) => id) : []))
        }
      />
    ),
    width: '18px',
    cell: (item) => (
      <input
        type="checkbox"
        class="above"
        aria-label={texts.mark(item.toolName)}
        checked={marked.has(item.id)}
        onChange={() => toggle(item)}
      />
    ),
  }
}

function CallCell({ id, toolName, requestReason, args }: ApprovalInfo) {
  return (
    <>
      <a class="row-link call-name" href={hrefTo(id)}>
        <Name text={toolName} max={80} />
      </a>
      <span class="quiet call-reason">
        <Name text={requestReason ?? args} max={160} />
      </span>
    </>
  )
}

function hrefTo(id: string): string {
  const query = new URLSearchParams(place.value.query)
  query.set('approval', id)
  return hrefOf(`/approvals?${query.toString()}`)
}

function WhenPending({ item }: { readonly item: ApprovalInfo }) {
  return (
    <>
      <span class="stacked quiet">
        <Time at={item.requestedAt} />
      </span>
      <span class="stacked">
        <Countdown until={item.expiresAt} brief />
      </span>
    </>
  )
}

function WhenDecided({ item }: { readonly item: ApprovalInfo }) {
  return (
    <>
      <span class="stacked">
        <ApprovalBadge of={item.status} />
      </span>
      <span class="stacked quiet">
        <Time at={item.resolvedAt ?? item.requestedAt} />
      </span>
    </>
  )
}
