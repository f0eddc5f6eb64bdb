import type { PageProps } from '../../app/page-props.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { hrefOf } from '../../app/router.ts'
import { Status } from '../../parts/badge.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/when.tsx'
import { runsTexts } from './texts.ts'

/** The list of all runs, live. */
export default function RunsPage(_: PageProps) {
  const loaded = useLoaded((signal) => client.runs.list({ signal }).page(), [], { everyMs: 2_000 })
  return (
    <>
      <header class="page-head">
        <h1>{runsTexts.title}</h1>
      </header>
      <Show loaded={loaded}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={runsTexts.empty} hint={runsTexts.emptyHint} icon="runs" />
          ) : (
            <Table
              label={runsTexts.title}
              rows={items}
              keyOf={({ id }) => id}
              columns={[
                {
                  id: 'status',
                  title: 'Status',
                  width: '120px',
                  cell: ({ status }) => <Status of={status} />,
                },
                {
                  id: 'run',
                  title: 'Run',
                  width: '1fr',
                  cell: ({ id }) => (
                    <a class="row-link" href={hrefOf(`/runs/${encodeURIComponent(id)}`)}>
                      {id}
                    </a>
                  ),
                },
                {
                  id: 'at',
                  title: 'Started',
                  width: '110px',
                  cell: ({ createdAt }) => <Time at={createdAt} />,
                },
              ]}
            />
          )
        }
      </Show>
    </>
  )
}
