import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import type { PageProps } from '../../app/page-props.ts'
import { Status } from '../../parts/badge.tsx'
import { JsonView } from '../../parts/json-view.tsx'
import { Markdown } from '../../parts/markdown.tsx'
import { Show } from '../../parts/states.tsx'
import { Tabs } from '../../parts/tabs.tsx'

/** One run, as it goes on. */
export default function RunPage({ params: { runId = '' } }: PageProps) {
  const loaded = useLoaded((signal) => client.runs.get(runId, { signal }), [runId], {
    everyMs: 2_000,
  })
  return (
    <Show loaded={loaded}>
      {(run) => (
        <>
          <header class="page-head">
            <h1>{run.id}</h1>
            <Status of={run.status} />
          </header>
          <Tabs label="Views" tabs={[{ id: 'transcript', title: 'Transcript' }]} />
          <div id="tab-panel" role="tabpanel" class="scroll">
            <Markdown text={run.output ?? ''} />
            <JsonView value={run} />
          </div>
        </>
      )}
    </Show>
  )
}
