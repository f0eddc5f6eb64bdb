import type { ChangeFilter, ChangeSummaryInfo } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { usePaged } from '../../app/paged.ts'
import { hrefOf, place } from '../../app/router.ts'
import { Choice } from '../../parts/forms/filters.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Sides } from '../../parts/sides.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { Time } from '../../parts/when.tsx'
import { texts as shared } from '../../texts.ts'
import { ChangeBadge, ChangeDetail } from './change-detail.tsx'
import { changesTexts as texts } from './texts.ts'

/** The change sets, and one of them beside the list. */
export default function ChangesPage() {
  const { query } = place.value
  const status = query.get('status') ?? ''
  const chosen = query.get('change')
  const list = usePaged(
    (options) =>
      client.changes.list({
        ...options,
        ...(status && { status: status as NonNullable<ChangeFilter['status']> }), // the studio checks it
      }),
    [status],
    5_000,
  )
  const listed = list.data?.items.find(({ id }) => id === chosen)
  return (
    <>
      <header class="page-head">
        <h1>{shared.pages.changes}</h1>
        <span class="push">
          <Choice
            label={texts.status}
            name="status"
            value={status}
            all={texts.all}
            options={Object.entries(texts.states)}
          />
        </span>
      </header>
      <Sides
        isOpen={chosen !== null}
        label={texts.details}
        gone={texts.gone}
        list={
          <Show loaded={list}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={texts.none} hint={texts.noneHint} icon="copy" />
              ) : (
                <Table
                  label={shared.pages.changes}
                  rows={items}
                  keyOf={({ id }) => id}
                  isMarked={({ id }) => id === chosen}
                  onEnd={list.more}
                  columns={columns}
                />
              )
            }
          </Show>
        }
      >
        {chosen !== null && (
          <ChangeDetail key={chosen} id={chosen} listed={listed?.status} onChanged={list.reload} />
        )}
      </Sides>
    </>
  )
}

const columns: readonly Column<ChangeSummaryInfo>[] = [
  {
    id: 'status',
    title: texts.status,
    width: '128px',
    cell: ({ status }) => <ChangeBadge of={status} />,
  },
  {
    id: 'change',
    title: texts.change,
    width: 'minmax(0, 1fr)',
    cell: ({ id, reason, files }) => {
      const query = new URLSearchParams(place.value.query)
      query.set('change', id)
      return (
        <a class="row-link" href={hrefOf(`/changes?${query.toString()}`)}>
          <Name text={reason ?? files.map(({ path }) => path).join(', ')} />
        </a>
      )
    },
  },
  {
    id: 'files',
    title: texts.filesTitle,
    width: '72px',
    align: 'end',
    wideOnly: true,
    cell: ({ files }) => texts.files(files.length),
  },
  {
    id: 'when',
    title: texts.asked,
    width: '80px',
    align: 'end',
    cell: ({ created_at: at }) => <Time at={at} />,
  },
]
