/** What clients of other protocols send, by operation and name. */
export const protocolExamples = {
  createOpenAiResponse: {
    question: {
      summary: 'A question, as a stream of events',
      value: { model: 'support', input: 'Where is order 17?', stream: true },
    },
    verdict: {
      summary: 'The verdict on a call that waits',
      value: {
        previous_response_id: 'resp_0b9ad8f6-8a4f-4a3c-9d9e-7b7f0b1c2d3e',
        input: [
          {
            type: 'mcp_approval_response',
            approval_request_id: '4e0f7a52-60a5-4c9b-9a43-0d1b7e9c1f10',
            approve: true,
          },
        ],
      },
    },
  },
  createOpenAiCompletion: {
    question: {
      summary: 'A question, answered when the run has ended',
      value: { model: 'support', messages: [{ role: 'user', content: 'Where is order 17?' }] },
    },
  },
}
