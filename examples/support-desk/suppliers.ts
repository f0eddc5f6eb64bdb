import { zodModels } from 'fetch-studio/zod'
import { z } from 'zod'

const Supplier = z
  .object({
    id: z.int(),
    name: z.string(),
    email: z.email(),
    rating: z.enum(['good', 'fair', 'poor']).nullable(),
    country: z.string().length(2),
  })
  .meta({ schema: 'suppliers', description: 'Who delivers what the warehouse holds.' })

const Supply = z
  .object({ id: z.int(), supplier: Supplier, article_id: z.int(), cents: z.int() })
  .meta({ schema: 'suppliers', table: 'supplies' })

/** The models of the suppliers, which the application declares. They are ahead of the database, so there is drift to see. */
export const supplierModels = { ...zodModels({ Supplier, Supply }), schemas: ['suppliers'] }
