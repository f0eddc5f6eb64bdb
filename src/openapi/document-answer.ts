import { jsonObjectSchema } from '../lib/json.ts'

/** The answer of `GET /openapi.json`: a document of OpenAPI 3.1, whose form the specification describes. */
export const documentAnswer = jsonObjectSchema
