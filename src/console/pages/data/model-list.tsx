import { place } from '../../app/router.ts'
import { toTest } from '../../app/words.ts'
import { IndexList } from '../../parts/index-list.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { fullName, type QueryModel } from './queryable.ts'
import { dataTexts } from './texts.ts'

/** The models beside the rows, with a search over them. */
export function ModelList({
  models,
  current,
}: {
  readonly models: readonly QueryModel[]
  readonly current: string
}) {
  const search = place.value.query.get('search') ?? ''
  const test = toTest(search)
  const found = models.filter((model) => test(`${fullName(model)} ${model.table_name}`))
  const apps = new Set(models.map(({ app_label: app }) => app)).size
  return (
    <IndexList
      label={dataTexts.models}
      search={dataTexts.searchModels}
      nothing={dataTexts.noModel}
      current={current}
      entries={found.map((model) => ({
        id: fullName(model),
        group: apps > 1 ? model.app_label : '',
        to: `/data/${encodeURIComponent(fullName(model))}`,
        shown: <Name text={model.name} max={80} />,
      }))}
    />
  )
}
