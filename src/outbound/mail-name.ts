const LONGEST = 100;

/**
 * A name that is safe in a mail. People and providers choose names, and could put words into our
 * mails; so a name is one line of at most 100 characters, without anything that a mail client turns
 * into a link (address, domain, telephone number) and without characters that are invisible or
 * change the direction of text.
 */
export function mailName(text: string): string {
  const plain = text
    .normalize('NFKC') // other full stops, slashes and digits are these
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[。｡․⁄∕]/gu, character => (character === '⁄' || character === '∕' ? '/' : '.'))
    .replace(/[<>[\]{}|\\^`"*_~#=+]/g, ' ')
    .replace(/:\/*|\/+/g, ' ') // https://, mailto:, a path
    .replaceAll('@', ' at ')
    .replace(/\.(?=\S)/g, '. ') // example.com
    .replace(/\b(www|ftp)\b\.?/gi, ' ')
    .replace(/\d(?:[\s().,-]*\d){4,}/g, '…') // what a telephone would ring
    .replace(/\s+/g, ' ')
    .trim();
  const characters = Array.from(plain);
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : plain;
}
