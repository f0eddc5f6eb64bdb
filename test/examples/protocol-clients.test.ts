import { afterEach, describe, expect, it } from 'vitest'
import { refundThroughA2a } from '../../examples/protocol-clients/a2a.ts'
import { refundThroughAgUi } from '../../examples/protocol-clients/ag-ui.ts'
import { refundThroughOpenAi } from '../../examples/protocol-clients/openai.ts'
import { createStudio } from '../../examples/protocol-clients/studio.ts'
import { serve } from '../../src/adapters/node.ts'

const clients = {
  'OpenAI’s client': refundThroughOpenAi,
  'the client of A2A': refundThroughA2a,
  'the client of AG-UI': refundThroughAgUi,
}

describe('The example protocol-clients', () => {
  let close = async () => undefined as void
  afterEach(() => close())

  it.each(Object.entries(clients))('refunds an order through %s', async (_name, refund) => {
    const server = await serve(createStudio(), { port: 0, log: false, handleSignals: false })
    close = () => server.close()
    expect(await refund(server.url)).toBe('The order was refunded.')
  })
})
