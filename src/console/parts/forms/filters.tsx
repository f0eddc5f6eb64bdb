import { place, setQuery } from '../../app/router.ts'

/** A search field. What is typed goes into the address at once. */
export function SearchField({
  label,
  name = 'q',
  onEnter,
}: {
  readonly label: string
  /** The parameter of the address. */
  readonly name?: string
  onEnter?(): void
}) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={place.value.query.get(name) ?? ''}
      onInput={({ currentTarget }) => setQuery({ [name]: currentTarget.value })}
      onKeyDown={({ key }) => {
        if (key === 'Enter') onEnter?.()
      }}
    />
  )
}

/** A choice that the address keeps. */
export function Choice({
  label,
  name,
  value,
  all,
  options,
  also = {},
}: {
  readonly label: string
  /** The parameter of the address. */
  readonly name: string
  /** What is chosen; it is shown even if it is no option. */
  readonly value: string
  /** The title of choosing none; without it one of the options is always chosen. */
  readonly all?: string
  readonly options: readonly (readonly [value: string, title: string])[]
  /** Other parameters that the choice changes. */
  readonly also?: Readonly<Record<string, string | null>>
}) {
  const isKnown = options.some(([id]) => id === value)
  return (
    <select
      aria-label={label}
      value={value}
      onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value, ...also })}
    >
      {all !== undefined && <option value="">{all}</option>}
      {!isKnown && value !== '' && <option value={value}>{value.slice(0, 60)}</option>}
      {options.map(([id, title]) => (
        <option key={id} value={id}>
          {title.slice(0, 60)}
        </option>
      ))}
    </select>
  )
}
