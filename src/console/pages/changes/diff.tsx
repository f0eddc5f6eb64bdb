import { useState } from 'preact/hooks'
import type { ChangeInfo } from '../../../client.ts'
import { Button } from '../../parts/button.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { texts as shared } from '../../texts.ts'

/** How many blocks of equal lines are shown at a time. */
const blocksShown = 100

/** With more files than these, each is opened by a click. */
const filesOpen = 5

/** The diff of each file. */
export function Diffs({ files }: Pick<ChangeInfo, 'files'>) {
  return (
    <>
      {files.map((file) => (
        <FileDiff key={file.path} file={file} isFirst={files.length <= filesOpen} />
      ))}
    </>
  )
}

function FileDiff({
  file: { path, mode, diff },
  isFirst,
}: {
  readonly file: ChangeInfo['files'][number]
  readonly isFirst: boolean
}) {
  const [isOpen, setOpen] = useState(isFirst)
  const [shown, setShown] = useState(blocksShown)
  const blocks = isOpen ? toBlocks(diff) : []
  const rest = blocks.length - shown
  return (
    <details
      class="diff"
      open={isOpen}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <summary>
        <span class={`diff-mode ${mode}`}>{mode}</span> <Name text={path} />
      </summary>
      {blocks.slice(0, shown).map(({ sign, text }, index) => (
        <div key={index} class={kinds[sign]}>
          <PlainText text={text} code />
        </div>
      ))}
      {rest > 0 && (
        <Button kind="bare" onClick={() => setShown(shown + blocksShown)}>
          {shared.showMore(Math.min(rest, blocksShown))}
        </Button>
      )}
    </details>
  )
}

const kinds: Readonly<Record<string, string>> = { '+': 'added', '-': 'removed', '@': 'quiet' }

/** Joins lines that begin with the same sign. The first two lines are the names of the file. */
function toBlocks(diff: string): { readonly sign: string; text: string }[] {
  const blocks: { readonly sign: string; text: string }[] = []
  for (const line of diff.replace(/\n$/, '').split('\n').slice(2)) {
    const sign = line.charAt(0)
    const last = blocks.at(-1)
    if (last?.sign === sign) last.text += `\n${line}`
    else blocks.push({ sign, text: line })
  }
  return blocks
}
