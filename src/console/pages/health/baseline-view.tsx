import type { Answers } from '../../../client.ts'
import { Button, CopyButton } from '../../parts/button.tsx'
import { PlainText } from '../../parts/plain-text.tsx'
import { Empty } from '../../parts/states.tsx'
import { saveFile } from '../schema/exports.ts'
import { baseline, baselineFile, chooseBaseline } from './issues.ts'
import { healthTexts as texts } from './texts.ts'

/** The findings that were chosen for the baseline, as the file to commit. */
export function BaselineView({ report }: { readonly report: Answers['/ai/schema/health'] }) {
  const { issues } = report
  const takeAll = () => chooseBaseline([...baseline.value, ...issues.map(({ id }) => id)])
  const why = issues.length === 0 ? texts.healthy : null
  if (baseline.value.size === 0) {
    return (
      <Empty title={texts.baselineEmpty} hint={texts.baselineHint} icon="check">
        <Button why={why} onClick={takeAll}>
          {texts.takeAll(issues.length)}
        </Button>
      </Empty>
    )
  }
  const file = baselineFile(baseline.value)
  return (
    <>
      <div class="db-bar">
        <Button
          kind="main"
          onClick={() => saveFile('schema-baseline.json', 'application/json', file)}
        >
          {texts.save}
        </Button>
        <Button why={why} onClick={takeAll}>
          {texts.takeAll(issues.length)}
        </Button>
        <Button onClick={() => chooseBaseline([])}>{texts.clear}</Button>
      </div>
      <div class="scroll db-detail">
        <p class="quiet">
          {texts.chosen(baseline.value.size)}. {texts.baselineUse}
        </p>
        <div class="code-block">
          <CopyButton text={file} />
          <PlainText text={file} code />
        </div>
      </div>
    </>
  )
}
