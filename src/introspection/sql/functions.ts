/**
 * Functions of PostgreSQL that are not immutable, and that a statement of a caller may use all the same: they read the clock, the
 * time zone or a random source, or format values. Every function that is neither here nor immutable is refused: those that read
 * files, settings and catalogs, run text as SQL, write, wait, lock or notify.
 */
const harmless = new Set(
  `now statement_timestamp transaction_timestamp clock_timestamp timeofday age date date_part date_trunc date_bin extract
  date_add date_subtract timezone timestamptz timestamp timetz time interval to_char to_date to_timestamp to_number isfinite
  overlaps generate_series justify_interval make_timestamptz random random_normal gen_random_uuid uuidv4 uuidv7 concat concat_ws format
  array_to_string string_to_array quote_literal quote_nullable quote_ident to_json to_jsonb row_to_json array_to_json json_agg jsonb_agg
  json_agg_strict jsonb_agg_strict json_object_agg jsonb_object_agg json_object_agg_strict jsonb_object_agg_strict
  json_object_agg_unique jsonb_object_agg_unique json_build_array json_build_object jsonb_build_array jsonb_build_object
  json_populate_record jsonb_populate_record jsonb_path_query_tz jsonb_path_query_first_tz jsonb_path_exists_tz string_agg
  array_agg any_value to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery ts_headline
  text money numeric_to_char array_in array_out version`.split(/\s+/),
)

/** Immutable functions that take a few letters and return as much memory as they are told. */
const expensive = new Set(['repeat', 'lpad', 'rpad', 'array_fill'])

/** Words that call a function without its name, unless they stand in quotes. */
const keywords =
  /^(user|current_role|current_catalog|current_schema|system_user|session_user|current_user)$/

/** Types whose values show or look up names of the catalogs. */
const catalogTypes =
  /^reg(class|proc|procedure|oper|operator|type|role|namespace|config|dictionary|collation|database)$/

/** True for a name that no statement of a caller may contain, whatever it means there. */
export function isForbiddenName(name: string, isQuoted: boolean): boolean {
  return (
    name.startsWith('pg_') ||
    name === 'information_schema' ||
    catalogTypes.test(name) ||
    expensive.has(name) ||
    (!isQuoted && keywords.test(name))
  )
}

/** True for a function that is not immutable, by its name, if a statement may use it nevertheless. */
export function isHarmless(name: string): boolean {
  return harmless.has(name)
}
