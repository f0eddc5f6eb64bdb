/** Returns how many bytes a text has in UTF-8. A half surrogate counts as three, as encoders replace it. */
export function utf8Length(text: string): number {
  let bytes = text.length
  if (!beyondAscii.test(text)) return bytes
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0x80) continue
    bytes += unit < 0x800 ? 1 : 2
    if (isHigh(unit) && isLow(text.charCodeAt(index + 1))) {
      index++ // a pair has four bytes for its two units
    }
  }
  return bytes
}

const beyondAscii = /[\u0080-\uffff]/
const isHigh = (unit: number) => unit >= 0xd800 && unit < 0xdc00
const isLow = (unit: number) => unit >= 0xdc00 && unit < 0xe000
