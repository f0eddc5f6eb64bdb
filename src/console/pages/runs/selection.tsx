import { useState } from 'preact/hooks'
import type { RunInfo } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { messageOf } from '../../app/message.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { toast } from '../../parts/toast.tsx'
import { runsTexts } from './texts.ts'

/** How many runs are cancelled at a time. */
const atOnce = 4

/** What can be done with the selected runs. */
export function Selection({
  runs,
  onClear,
  onDone,
}: {
  readonly runs: readonly RunInfo[]
  onClear(): void
  onDone(): void
}) {
  const [isAsking, setAsking] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const open = runs.filter(({ endedAt }) => endedAt === undefined)
  const cancel = async () => {
    setBusy(true)
    const failures = await cancelAll(open)
    const [first] = failures
    toast(runsTexts.cancelled(open.length - failures.length), 'good')
    if (first !== undefined) toast(runsTexts.notCancelled(failures.length, first), 'bad')
    setBusy(false)
    setAsking(false)
    onDone()
  }
  return (
    <div class="selection" role="group" aria-label={runsTexts.selected(runs.length)}>
      <span>{runsTexts.selected(runs.length)}</span>
      <Button
        kind="danger"
        icon="stop"
        why={open.length === 0 ? runsTexts.nothingOpen : null}
        onClick={() => setAsking(true)}
      >
        {runsTexts.cancel(open.length)}
      </Button>
      <Button kind="bare" icon="close" label={runsTexts.unselect} onClick={onClear} />
      {isAsking && (
        <Dialog title={runsTexts.cancel(open.length)} onClose={() => setAsking(false)}>
          <p>{runsTexts.cancelHint}</p>
          <footer>
            <Button onClick={() => setAsking(false)}>{runsTexts.keep}</Button>
            <Button kind="danger" icon="stop" busy={isBusy} onClick={() => void cancel()}>
              {runsTexts.cancel(open.length)}
            </Button>
          </footer>
        </Dialog>
      )}
    </div>
  )
}

/** Cancels runs, a few at a time. Returns why it failed for those that could not be cancelled. */
async function cancelAll(runs: readonly RunInfo[]): Promise<string[]> {
  const waiting = [...runs]
  const failures: string[] = []
  const work = async () => {
    for (let run = waiting.shift(); run; run = waiting.shift()) {
      await client.runs.cancel(run.id).catch((error: unknown) => {
        failures.push(messageOf(error))
      })
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return failures
}
