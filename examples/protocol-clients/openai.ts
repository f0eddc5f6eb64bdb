import OpenAI from 'openai'

/** Asks the agent through OpenAI's client, and approves the refund that it wants to make. Returns its answer. */
export async function refundThroughOpenAi(baseUrl: string): Promise<string> {
  const client = new OpenAI({
    baseURL: `${baseUrl}/v1`,
    apiKey: process.env.STUDIO_TOKEN ?? 'none',
  })
  const asked = await client.responses.create({ model: 'support', input: 'Refund ORD-1, please.' })
  const request = asked.output.find((item) => item.type === 'mcp_approval_request')
  if (!request) return asked.output_text
  console.log(`The agent wants to call ${request.name} with ${request.arguments}`)
  const answered = await client.responses.create({
    model: 'support',
    previous_response_id: asked.id,
    input: [{ type: 'mcp_approval_response', approval_request_id: request.id, approve: true }],
  })
  return answered.output_text
}
