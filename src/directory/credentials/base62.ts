const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Bytes as so many letters and digits: nothing a mail client, a shell or a form would break. */
export function toBase62(bytes: Uint8Array, length: number): string {
  let rest = BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
  let text = '';
  while (text.length < length) {
    text = DIGITS[Number(rest % 62n)] + text;
    rest /= 62n;
  }
  return text;
}

/** The bytes again; null for what no bytes of this size are spelled like. */
export function fromBase62(text: string, size: number): Buffer | null {
  let value = 0n;
  for (const digit of text) {
    const worth = DIGITS.indexOf(digit);
    if (worth < 0) return null;
    value = value * 62n + BigInt(worth);
  }
  return value >> BigInt(8 * size) === 0n
    ? Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex')
    : null;
}

export const ID_LENGTH = 22;

export function idToBase62(id: string): string {
  return toBase62(Buffer.from(id.replaceAll('-', ''), 'hex'), ID_LENGTH);
}

export function idFromBase62(text: string): string | null {
  const hex = fromBase62(text, 16)?.toString('hex');
  return hex ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : null;
}
