import { texts } from '../../texts.ts'
import { isObject, joinPath } from './json-schema.ts'
import { Name } from '../plain-text.tsx'
import {
  ChoiceField,
  type FieldProps,
  JsonField,
  NumberField,
  type SchemaFormProps,
  SwitchField,
  TextField,
} from './schema-fields.tsx'

/** Objects in each other become fields this deep; what is deeper is edited as JSON. */
const deepest = 3

/** A form made from a JSON Schema: a field for each member, and JSON where no field fits. */
export function SchemaForm(props: SchemaFormProps) {
  const { schema, value } = props
  if (!isObject(value) || (schema.type !== undefined && schema.type !== 'object')) {
    return <JsonField {...props} path="" name={texts.form.value} isNeeded />
  }
  return <Members {...props} path="" />
}

function Members({ path, ...props }: SchemaFormProps & { readonly path: string }) {
  const { schema, value, onChange } = props
  const members = isObject(value) ? value : {}
  const { properties = {}, required = [] } = schema
  const names = [
    ...Object.keys(properties),
    ...Object.keys(members).filter((name) => !Object.hasOwn(properties, name)),
  ]
  if (names.length === 0) return <p class="quiet">{texts.form.none}</p>
  return (
    <>
      {names.map((name) => (
        <Field
          key={name}
          {...props}
          path={joinPath(path, name)}
          name={name}
          schema={properties[name] ?? {}}
          value={members[name]}
          isNeeded={required.includes(name)}
          onChange={(member) => {
            const { [name]: _, ...others } = members
            onChange(member === undefined ? others : { ...members, [name]: member })
          }}
        />
      ))}
    </>
  )
}

function Field(props: FieldProps) {
  const { schema, value, path, name } = props
  const { type } = schema
  if (schema.enum?.every((one) => typeof one !== 'object')) return <ChoiceField {...props} />
  if (type === 'boolean' && (value === undefined || typeof value === 'boolean'))
    return <SwitchField {...props} />
  if (type === 'number' || type === 'integer') return <NumberField {...props} />
  const isText = value === undefined ? type === 'string' : typeof value === 'string'
  if (isText && (type === 'string' || type === undefined)) return <TextField {...props} />
  if (type === 'object' && schema.properties && path.split('.').length < deepest) {
    return (
      <fieldset>
        <legend>
          <Name text={name} max={80} />
        </legend>
        <Members {...props} />
      </fieldset>
    )
  }
  return <JsonField {...props} />
}
