import { useState } from 'preact/hooks'
import type { ApprovalDecision, ApprovalInfo } from '../../../client.ts'
import { about, serves } from '../../app/about.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { hrefOf, setQuery } from '../../app/router.ts'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { JsonView, parseJson } from '../../parts/json-view.tsx'
import { listChanges } from '../../parts/forms/json-schema.ts'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { Show } from '../../parts/states.tsx'
import { Time } from '../../parts/when.tsx'
import { ApprovalBadge } from './approval-table.tsx'
import { ChangeList } from './change-list.tsx'
import { Countdown } from './countdown.tsx'
import { DecisionForm } from './decision-form.tsx'
import { approvalsTexts as texts } from './texts.ts'

/** One tool call: why it waits, its arguments, and the decision, which is made here. */
export function ApprovalDetail({
  id,
  hasKeys,
  onDecided,
}: {
  readonly id: string
  readonly hasKeys: boolean
  onDecided(id: string): void
}) {
  const [isOpen, setOpen] = useState(true)
  const loaded = useLoaded((signal) => client.approvals.get(id, { signal }), [id], {
    everyMs: isOpen ? 3_000 : 0,
  })
  const [wasPending, setPending] = useState(false)
  const [sent, setSent] = useState<ApprovalDecision | null>(null)
  if (loaded.data?.status === 'pending' && !wasPending) setPending(true)
  if (loaded.data && loaded.data.status !== 'pending' && isOpen) setOpen(false)
  return (
    <>
      <p class="only-narrow back">
        <Button kind="bare" onClick={() => setQuery({ approval: null })}>
          ← {texts.all}
        </Button>
      </p>
      <Show loaded={loaded} lines={5}>
        {(approval) => (
          <article class="approval-detail">
            <Head approval={approval} />
            {approval.status === 'pending' ? (
              <DecisionForm
                approval={approval}
                hasKeys={hasKeys}
                onSend={setSent}
                onDecided={onDecided}
                onElsewhere={loaded.reload}
              />
            ) : (
              <Decided approval={approval} wasPending={wasPending} sent={sent} />
            )}
          </article>
        )}
      </Show>
    </>
  )
}

function Head({ approval }: { readonly approval: ApprovalInfo }) {
  const { toolName, agentId, runId, sessionId, status, requestReason, requestedAt } = approval
  const agent = about.value?.config.agents.find(({ id }) => id === agentId)
  return (
    <header>
      <h2>
        <Icon name="tool" />
        <Name text={toolName} max={120} />
        <ApprovalBadge of={status} />
      </h2>
      {requestReason !== undefined && (
        <div class="question">
          <PlainText text={requestReason} />
        </div>
      )}
      <dl class="call-facts">
        <dt>{texts.agent}</dt>
        <dd>
          <Name text={agent?.name ?? agentId} max={80} />
        </dd>
        <dt>{texts.requested}</dt>
        <dd>
          <Time at={requestedAt} />
        </dd>
        {status === 'pending' && (
          <>
            <dt>{texts.expiry}</dt>
            <dd>
              <Countdown until={approval.expiresAt} />
            </dd>
          </>
        )}
        <dt>{texts.run}</dt>
        <dd>
          <a href={hrefOf(`/runs/${encodeURIComponent(runId)}`)}>
            <Name text={runId} max={13} />
          </a>
        </dd>
        {sessionId !== undefined && serves('sessions') && (
          <>
            <dt>{texts.session}</dt>
            <dd>
              <a href={hrefOf(`/chat?session=${encodeURIComponent(sessionId)}`)}>
                <Name text={sessionId} max={13} />
              </a>
            </dd>
          </>
        )}
      </dl>
    </header>
  )
}

function Decided({
  approval,
  wasPending,
  sent,
}: {
  readonly approval: ApprovalInfo
  readonly wasPending: boolean
  readonly sent: ApprovalDecision | null
}) {
  const { status, decidedBy, decisionReason, resolvedAt, args, input } = approval
  const changes = listChanges(parseJson(args), input)
  return (
    <>
      {wasPending && (
        <p class="strip" role="status">
          <Icon name="warning" />
          {isAsChosen(approval, sent) ? texts.asChosen : texts.elsewhere}
        </p>
      )}
      <div class="decided">
        <p>
          {texts.decided}{' '}
          {decidedBy !== undefined && (
            <>
              {texts.byWhom('')}
              <Name text={decidedBy} max={80} />
            </>
          )}{' '}
          {resolvedAt !== undefined && (
            <span class="quiet">
              <Time at={resolvedAt} />
            </span>
          )}
        </p>
        {decisionReason !== undefined && <PlainText text={decisionReason} />}
      </div>
      {status === 'approved' && changes.length > 0 && (
        <>
          <h3>{texts.changed}</h3>
          <ChangeList changes={changes} />
        </>
      )}
      <h3>{texts.arguments}</h3>
      <JsonView value={input} />
    </>
  )
}

/** Is the call decided as it was sent from here? Its answer may be on its way, or lost with the instance that was to send it. */
function isAsChosen({ status, args, input }: ApprovalInfo, sent: ApprovalDecision | null): boolean {
  if (sent === null || status !== (sent.approved ? 'approved' : 'rejected')) return false
  return !sent.approved || listChanges(sent.input ?? parseJson(args), input).length === 0
}
