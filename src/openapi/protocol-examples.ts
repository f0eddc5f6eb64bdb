/** What clients of other protocols send, by operation and name. */
export const protocolExamples = {
  callAgentsMcp: {
    call: {
      summary: 'A call of the tool that runs the agent `support`',
      value: {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: {
          name: 'run_support',
          arguments: { message: 'Where is order 17?', sessionId: 'chat-1' },
        },
      },
    },
  },
  callAgentRpc: {
    message: {
      summary: 'A message that begins a task in a context',
      value: {
        jsonrpc: '2.0',
        id: 1,
        method: 'SendMessage',
        params: {
          message: {
            messageId: 'm1',
            contextId: 'c1',
            role: 'ROLE_USER',
            parts: [{ text: 'Where is order 17?' }],
          },
        },
      },
    },
    subscription: {
      summary: 'The events of a task, from where it stands',
      value: {
        jsonrpc: '2.0',
        id: 2,
        method: 'SubscribeToTask',
        params: { id: '0b9ad8f6-8a4f-4a3c-9d9e-7b7f0b1c2d3e' },
      },
    },
  },
  createTaskPushConfig: {
    config: {
      summary: 'A URL that is told when the task waits or has ended',
      value: { url: 'https://client.example.com/a2a', token: 'a-secret-of-the-client' },
    },
  },
  sendTaskMessage: {
    message: {
      summary: 'A message that begins a task',
      value: {
        message: {
          messageId: 'm1',
          role: 'ROLE_USER',
          parts: [{ text: 'Where is order 17?' }],
        },
        configuration: { returnImmediately: true },
      },
    },
    approval: {
      summary: 'The decision about an approval, with other arguments for the call',
      value: {
        message: {
          messageId: 'm2',
          taskId: '0b9ad8f6-8a4f-4a3c-9d9e-7b7f0b1c2d3e',
          role: 'ROLE_USER',
          parts: [
            {
              data: {
                approvalId: '4e0f7a52-60a5-4c9b-9a43-0d1b7e9c1f10',
                approved: true,
                input: { order: 17, amount: 20 },
              },
            },
          ],
        },
      },
    },
  },
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
  runAgUi: {
    message: {
      summary: 'A message of the user, and a tool that the client runs',
      value: {
        threadId: 't1',
        runId: 'r1',
        messages: [{ id: 'm1', role: 'user', content: 'Where is order 17?' }],
        tools: [
          {
            name: 'pick_date',
            description: 'Asks the user for a date.',
            parameters: { type: 'object', properties: { title: { type: 'string' } } },
          },
        ],
        context: [],
        state: {},
        forwardedProps: {},
      },
    },
    resume: {
      summary: 'The answer to an interrupt, with other arguments for the call',
      value: {
        threadId: 't1',
        runId: 'r2',
        messages: [],
        tools: [],
        context: [],
        resume: [
          {
            interruptId: '4e0f7a52-60a5-4c9b-9a43-0d1b7e9c1f10',
            status: 'resolved',
            payload: { approved: true, input: { order: 17, amount: 20 } },
          },
        ],
      },
    },
  },
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
