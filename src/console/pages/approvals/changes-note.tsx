import { hasEndpoint } from '../../app/about.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { hrefOf } from '../../app/router.ts'
import { changesTexts } from '../changes/texts.ts'

/** Leads to the change sets that wait for a decision; nothing where there are none. */
export function ChangesNote() {
  const { data } = useLoaded(
    async (signal) =>
      hasEndpoint('changes')
        ? client.changes.list({ status: 'pending', limit: 100, signal }).page()
        : null,
    [],
    { everyMs: 10_000 },
  )
  const count = data?.items.filter(({ approval }) => approval.required).length ?? 0
  if (count === 0) return null
  return (
    <p class="strip" role="status">
      <a href={hrefOf('/changes?status=pending')}>
        {changesTexts.waiting(data?.nextCursor ? `${count}+` : `${count}`)}
      </a>
    </p>
  )
}
