import { type Figure, headHeight, linkPath, rowHeight } from './model-figure.ts'
import type { Layout } from './layout.ts'
import { type DiagramModel, keyOf, type ModelLink } from './models.ts'
import { schemaTexts as texts } from './texts.ts'

const margin = 24

/** Writes the whole diagram as an SVG file that needs nothing else: no style sheet, no font file, no script. */
export function toSvg(
  figures: ReadonlyMap<string, Figure>,
  layout: Layout,
  links: readonly ModelLink[],
): string {
  const placed = [...layout.boxes.values()].flatMap((box) => {
    const figure = figures.get(box.id)
    return figure ? [{ ...figure, ...box }] : []
  })
  const byId = new Map(placed.map((one) => [one.id, one]))
  const lines = links.flatMap(({ from, to, fields }) => {
    const [a, b] = [byId.get(from), byId.get(to)]
    return a && b ? Object.values(linkPath(a, b, fields[0])) : []
  })
  const width = layout.width + 2 * margin
  const height = layout.height + 2 * margin
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">
<rect x="${-margin}" y="${-margin}" width="${width}" height="${height}" fill="#f7f7f9"/>
<path d="${lines.join('')}" fill="none" stroke="#8a8b96"/>
${placed.map(drawFigure).join('\n')}
</svg>
`
}

function drawFigure(figure: Figure & { readonly x: number; readonly y: number }): string {
  const { x, y, width, height, title, rows, more } = figure
  const lines = rows.map(({ name, type, mark }, index) => {
    const at = headHeight + index * rowHeight + 14
    const weight = mark === 'PK' ? ' font-weight="600"' : ''
    return `<text x="10" y="${at}"${weight}>${escape(name)}</text><text x="${width - 10}" y="${at}" text-anchor="end" fill="#5c5e69">${escape(type)}</text>`
  })
  const rest =
    more > 0
      ? `<text x="10" y="${headHeight + rows.length * rowHeight + 14}" fill="#5c5e69">${escape(texts.more(more))}</text>`
      : ''
  return `<g transform="translate(${x} ${y})"><rect width="${width}" height="${height}" rx="6" fill="#fff" stroke="#c9cad2"/><text x="10" y="20" font-size="13" font-weight="600">${escape(title)}</text>${lines.length > 0 || more > 0 ? `<path d="M0 ${headHeight}h${width}" stroke="#e5e5ea"/>` : ''}${lines.join('')}${rest}</g>`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

/** Writes models and their links as the source of a Mermaid `erDiagram`. */
export function toMermaid(models: readonly DiagramModel[], links: readonly ModelLink[]): string {
  const quoted = (text: string) => `"${text.replace(/["\\\s]+/g, ' ').trim() || '_'}"`
  const word = (text: string) =>
    text.replace(/[^\p{L}\p{N}_-]+/gu, '_').replace(/^[^\p{L}_]/u, '_$&')
  const entities = models.map((model) => {
    const fields = model.fields.map(({ name, field_type, primary_key, fk_to_model }) => {
      const mark = primary_key ? ' PK' : fk_to_model === null ? '' : ' FK'
      return `    ${word(field_type) || 'unknown'} ${word(name) || '_'}${mark}\n`
    })
    return `  ${quoted(keyOf(model))} {\n${fields.join('')}  }\n`
  })
  const relations = links.map(({ from, to, fields, isNullable }) => {
    const one = isNullable ? '|o' : '||'
    return `  ${quoted(to)} ${one}--o{ ${quoted(from)} : ${quoted(fields.join(', '))}\n`
  })
  return `erDiagram\n${entities.join('')}${relations.join('')}`
}

/** Saves a text as a file of the person who looks at the page. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
