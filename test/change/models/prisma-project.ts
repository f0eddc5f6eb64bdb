/** A schema with comments, relations of several kinds and an order of its own. */
export const prismaText = `// The shop. Nothing here is sorted.
datasource db {
  provider = "postgresql" // only this
}

enum Mood {
  NEW @map("new")
  OLD @map("old")

  @@map("mood")
}

/// A person
model User {
  id       Int     @id @default(autoincrement())
  email    String  @unique // used to sign in
  name     String? @db.VarChar(80)
  nickName String? @map("nick_name")
  mood     Mood    @default(NEW)

  orders  Order[]
  seconds Order[] @relation("second")

  @@index([name], map: "by_name")
  @@map("users")
}


model Order {
  id         Int    @id
  count   Int  @default(1)   // not aligned
  customerId Int    @map("customer_id")
  secondId   Int?   @map("second_id")
  note       String
  customer   User   @relation(fields: [customerId], references: [id])
  second     User?  @relation("second", fields: [secondId], references: [id], onDelete: Cascade)
  tags       Tag[]

  @@index([customerId])
  @@unique([note, count])
  @@map("orders")
}

/// A word
/// about an order
model Tag {
  word    String @id
  orderId Int    @map("order_id")
  order   Order  @relation(fields: [orderId], references: [id])

  @@map("tags")
}

generator client {
  provider = "prisma-client-js" /// kept
}
`
