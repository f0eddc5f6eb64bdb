/** One column or property of a model. */
export interface Field {
  readonly name: string
  /** The name of its column in the table. */
  readonly column: string
  /** The PostgreSQL or zod type, for example `character varying(80)`. */
  readonly type: string
  /** The TypeScript type, for example `string`. */
  readonly tsType: string
  readonly nullable: boolean
  readonly primaryKey: boolean
  /** True when this field alone is unique. */
  readonly unique: boolean
  /** True when its column is the first one of an index. */
  readonly indexed: boolean
  /** The default as text; null without one. */
  readonly default: string | null
  /** In characters; null when unlimited. */
  readonly maxLength: number | null
  readonly description: string | null
  /** True hides its name and its values from clients. */
  readonly sensitive: boolean
  /** True when the project declares that clients may see it even if it derives from a sensitive column. */
  readonly declassified?: boolean
}

/** A relation from one model to another. A one-to-one relation is a `foreign_key` that is `unique`. */
export interface Relation {
  readonly name: string
  readonly type: 'foreign_key' | 'many_to_many'
  /** The name of the target model. */
  readonly to: string
  /** The name of the junction model of a `many_to_many`; null when unknown. */
  readonly through: string | null
  /** The fields of the foreign key, in key order; empty for `many_to_many`. */
  readonly fields: readonly string[]
  /** The action in SQL spelling, for example `CASCADE`; null when unknown. */
  readonly onDelete: string | null
  readonly nullable: boolean
  readonly unique: boolean
}

/** One model of a project: a table, or a zod object that describes one. */
export interface Model {
  readonly name: string
  readonly table: string
  /** The database schema of the table; null when the search path of the session decides. */
  readonly schema: string | null
  readonly description: string | null
  /** False hides the model from clients. @default true */
  readonly exposed?: boolean
  readonly fields: readonly Field[]
  readonly relations: readonly Relation[]
  /** The declared SQL table; undefined when the source knows only the fields. */
  readonly declared?: DeclaredTable
}

/** The complete declaration of an SQL table beyond its fields. Anything else that the live table has is drift. */
export interface DeclaredTable {
  /** The columns that the database fills: serial, identity and generated columns. */
  readonly generated: readonly string[]
  /** How the database fills a column, in SQL: `GENERATED ALWAYS AS IDENTITY`, for example. By column; without those of a serial type. */
  readonly generation?: Readonly<Record<string, string>>
  readonly indexes: readonly DeclaredIndex[]
  readonly foreignKeys: readonly DeclaredForeignKey[]
}

/** An index that a model declares, or the index behind a unique constraint. */
export interface DeclaredIndex {
  /** The columns in key order; null stands for an expression. */
  readonly columns: readonly (string | null)[]
  readonly unique: boolean
  readonly nullsNotDistinct: boolean
  /** The access method, for example `btree`. */
  readonly method: string
  /** True when the index has a `WHERE` clause. */
  readonly partial: boolean
  /** Its condition in SQL; undefined when the source does not tell, and then conditions are not compared. */
  readonly predicate?: string | null
  /** The parts of the key, in key order; undefined when the source does not tell, and then only columns are compared. */
  readonly keys?: readonly DeclaredIndexKey[]
  /** The columns of its `INCLUDE` clause; undefined when the source does not tell, and then they are not compared. */
  readonly include?: readonly string[]
}

/** What a model declares about one part of an index key. */
export interface DeclaredIndexKey {
  /** The expression in SQL; null for a plain column. */
  readonly expression: string | null
  readonly isDescending: boolean
  readonly nullsFirst: boolean
  /** Null for the default operator class of the type. */
  readonly operatorClass: string | null
  /** Null for the collation of the column. */
  readonly collation: string | null
}

/** A foreign key of a table, as its model declares it. */
export interface DeclaredForeignKey {
  readonly columns: readonly string[]
  readonly target: { readonly schema: string | null; readonly table: string }
  readonly targetColumns: readonly string[]
  /** The action in SQL spelling; null when the model declares none. */
  readonly onDelete: string | null
  readonly onUpdate: string | null
}
