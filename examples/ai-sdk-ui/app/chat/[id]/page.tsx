/** @jsxImportSource react */
import { Conversation } from '../../conversation.tsx'

/** The page of a chat. Its id is made up by who links to it. */
export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <Conversation id={id} />
}
