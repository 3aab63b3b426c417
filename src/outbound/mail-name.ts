const LONGEST = 100;

/**
 * A name as a mail may say it. Whoever types or pushes names can put words into our mails, so a name is no more than a name there: one
 * line of at most 100 characters, in which a mail client finds nothing to make a link of - no address, no domain, no telephone number -
 * and nothing that is not seen or turns the text around.
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
