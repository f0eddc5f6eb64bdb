/** What clients of other protocols send, by operation and name. */
export const protocolExamples = {
  sendUiMessage: {
    message: {
      summary: 'A message, as DefaultChatTransport sends it',
      value: {
        id: 'c1',
        trigger: 'submit-message',
        messages: [
          { id: 'm1', role: 'user', parts: [{ type: 'text', text: 'Where is order 17?' }] },
        ],
      },
    },
    approval: {
      summary: 'The answer to an approval, with other arguments for the call',
      value: {
        id: 'c1',
        trigger: 'submit-message',
        messageId: '0b9ad8f6-8a4f-4a3c-9d9e-7b7f0b1c2d3e',
        messages: [
          {
            id: '0b9ad8f6-8a4f-4a3c-9d9e-7b7f0b1c2d3e',
            role: 'assistant',
            parts: [
              {
                type: 'dynamic-tool',
                toolName: 'refund',
                toolCallId: 'call-1',
                state: 'approval-responded',
                input: { order: 17, amount: 50 },
                approval: { id: '4e0f7a52-60a5-4c9b-9a43-0d1b7e9c1f10', approved: true },
              },
            ],
          },
        ],
        inputs: { '4e0f7a52-60a5-4c9b-9a43-0d1b7e9c1f10': { order: 17, amount: 20 } },
      },
    },
  },
}
