import { useMemo } from 'preact/hooks'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'
import { hrefOf, place, setQuery } from '../../app/router.ts'
import { toTest } from '../../app/words.ts'
import { Button } from '../../parts/button.tsx'
import { Choice, SearchField } from '../../parts/forms/filters.tsx'
import { Name } from '../../parts/plain-text.tsx'
import { Empty, Show } from '../../parts/states.tsx'
import { type Tab, Tabs } from '../../parts/tabs.tsx'
import { Diagram } from './diagram.tsx'
import { saveFile, toMermaid, toSvg } from './exports.ts'
import { type ShownFields, toFigure } from './model-figure.ts'
import { layOutDiagram } from './layout.ts'
import { type DiagramModel, keyOf, linksAmong, type ModelLink, placeOf } from './models.ts'
import { schemaTexts as texts } from './texts.ts'

/** All models as a diagram, or one of them with its neighbours. */
export function DiagramView({ tabs }: { readonly tabs: readonly Tab[] }) {
  const loaded = useLoaded((signal) => client.get('/ai/context/models', { signal }), [])
  const models = (loaded.data?.models ?? []) as readonly DiagramModel[]
  const drawing = useDrawing(models)
  return (
    <>
      <header class="page-head">
        <h1>{texts.title}</h1>
        {loaded.data && (
          <span class="count">{texts.count(drawing.shown.length, models.length)}</span>
        )}
        <span class="push db-tools">
          <Choice
            label={texts.shownFields}
            name="fields"
            value={drawing.fields}
            options={Object.entries(texts.fields)}
            also={{ view: null }}
          />
          <SearchField
            label={texts.searchDiagram}
            onEnter={() => {
              const [first] = drawing.found ?? []
              if (first !== undefined) setQuery({ focus: first, q: null })
            }}
          />
          <Exports drawing={drawing} />
        </span>
      </header>
      <Tabs label={texts.views} tabs={tabs} />
      <div class="db-panel" id="tab-panel" role="tabpanel" aria-labelledby="tab-diagram">
        <Show loaded={loaded}>
          {() =>
            models.length === 0 ? (
              <Empty title={texts.empty} hint={texts.emptyHint} icon="schema" />
            ) : (
              <>
                <Diagram {...drawing} />
                {drawing.focus !== null && <Chosen drawing={drawing} focus={drawing.focus} />}
              </>
            )
          }
        </Show>
      </div>
    </>
  )
}

type Drawing = ReturnType<typeof useDrawing>

function useDrawing(models: readonly DiagramModel[]) {
  const { query } = place.value
  const asked = query.get('focus')
  const search = query.get('q') ?? ''
  const isNear = query.get('near') !== null
  const all = useMemo(() => linksAmong(models), [models])
  const focus = models.some((model) => keyOf(model) === asked) ? asked : null
  const centre = isNear ? focus : null
  const shown = useMemo(() => (centre === null ? models : near(centre, models, all)), [all, centre])
  const given = query.get('fields')
  const fields: ShownFields =
    given === 'all' || given === 'keys' || given === 'none'
      ? given
      : shown.length <= 25
        ? 'all'
        : 'keys'
  const links = useMemo(() => {
    const ids = new Set(shown.map(keyOf))
    return all.filter(({ from, to }) => ids.has(from) && ids.has(to))
  }, [shown])
  const figures = useMemo(
    () => new Map(shown.map((model) => [keyOf(model), toFigure(model, fields)])),
    [shown, fields],
  )
  const layout = useMemo(() => layOutDiagram([...figures.values()], links), [figures])
  const found = useMemo(() => {
    if (search.trim() === '') return null
    const test = toTest(search)
    return new Set(shown.filter((model) => test(`${keyOf(model)} ${model.table_name}`)).map(keyOf))
  }, [shown, search])
  return { shown, all, links, figures, layout, fields, focus, isNear, found }
}

function near(
  centre: string,
  models: readonly DiagramModel[],
  links: readonly ModelLink[],
): readonly DiagramModel[] {
  const ids = new Set([centre])
  for (const { from, to } of links) {
    if (from === centre) ids.add(to)
    if (to === centre) ids.add(from)
  }
  return models.filter((model) => ids.has(keyOf(model)))
}

function Exports({ drawing: { figures, layout, links, shown } }: { readonly drawing: Drawing }) {
  const why = shown.length === 0 ? texts.empty : null
  return (
    <span class="db-joined" role="group" aria-label={texts.exportHint}>
      <Button
        why={why}
        onClick={() => saveFile('schema.svg', 'image/svg+xml', toSvg(figures, layout, links))}
      >
        {texts.exportSvg}
      </Button>
      <Button
        why={why}
        onClick={() => saveFile('schema.mmd', 'text/plain', toMermaid(shown, links))}
      >
        {texts.exportMermaid}
      </Button>
    </span>
  )
}

function Chosen({ drawing, focus }: { readonly drawing: Drawing; readonly focus: string }) {
  const { all, isNear } = drawing
  const out = all.filter(({ from }) => from === focus).length
  const into = all.filter(({ to }) => to === focus).length
  return (
    <div class="db-chosen" role="status">
      <strong>
        <Name text={focus} max={60} />
      </strong>
      <span class="quiet">
        {texts.references(out)}, {texts.referenced(into)}
      </span>
      <a class="button" href={hrefOf(placeOf(focus))}>
        {texts.open}
      </a>
      <Button pressed={isNear} onClick={() => setQuery({ near: isNear ? null : '1', view: null })}>
        {isNear ? texts.whole : texts.near}
      </Button>
      <Button
        kind="bare"
        icon="close"
        label={texts.deselect}
        onClick={() => setQuery({ focus: null, near: null })}
      />
    </div>
  )
}
