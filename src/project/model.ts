/** One column or property of a model. */
export interface Field {
  readonly name: string
  /** Its column in the table. */
  readonly column: string
  /** The PostgreSQL or zod type, for example `character varying(80)`. */
  readonly type: string
  /** The TypeScript type, for example `string`. */
  readonly tsType: string
  readonly nullable: boolean
  readonly primaryKey: boolean
  /** True when this field alone is unique. */
  readonly unique: boolean
  /** True when it is the first column of an index. */
  readonly indexed: boolean
  /** The default as text; null without one. */
  readonly default: string | null
  /** In characters; null when unlimited. */
  readonly maxLength: number | null
  readonly description: string | null
  /** True keeps its values, and its name, from clients. */
  readonly sensitive: boolean
  /** True where the project said that it is fit for clients, whatever it is made of. */
  readonly declassified?: boolean
}

/** A link from the model that owns it to another. One-to-one is a `foreign_key` that is `unique`. */
export interface Relation {
  readonly name: string
  readonly type: 'foreign_key' | 'many_to_many'
  /** Name of the model it leads to. */
  readonly to: string
  /** Name of the model between the two of a `many_to_many`; null when unknown. */
  readonly through: string | null
  /** The fields that hold it, in key order; empty for `many_to_many`. */
  readonly fields: readonly string[]
  /** As SQL spells it, for example `CASCADE`; null when unknown. */
  readonly onDelete: string | null
  readonly nullable: boolean
  readonly unique: boolean
}

/** One model of a project: a table, or a zod object that stands for one. */
export interface Model {
  readonly name: string
  readonly table: string
  /** The database schema of the table; null where the session's search path decides. */
  readonly schema: string | null
  readonly description: string | null
  /** False keeps it out of every answer. @default true */
  readonly exposed?: boolean
  readonly fields: readonly Field[]
  readonly relations: readonly Relation[]
  /** Of a model that is declared as an SQL table; undefined where the source knows fields alone. */
  readonly declared?: DeclaredTable
}

/** What a source that declares SQL tables says of one, beyond its fields: all there is, so that more is drift. */
export interface DeclaredTable {
  /** Columns the database fills by itself: serial, identity and generated ones. */
  readonly generated: readonly string[]
  readonly indexes: readonly DeclaredIndex[]
  readonly foreignKeys: readonly DeclaredForeignKey[]
}

/** An index, or the uniqueness a constraint asks for. */
export interface DeclaredIndex {
  /** Null for an expression. */
  readonly columns: readonly (string | null)[]
  readonly unique: boolean
  readonly nullsNotDistinct: boolean
  /** For example `btree`. */
  readonly method: string
  /** Covers a part of the rows. */
  readonly partial: boolean
}

/** One foreign key that a declared model has. */
export interface DeclaredForeignKey {
  readonly columns: readonly string[]
  readonly target: { readonly schema: string | null; readonly table: string }
  readonly targetColumns: readonly string[]
  /** As SQL spells it; null when it is not said. */
  readonly onDelete: string | null
  readonly onUpdate: string | null
}
