import { caseFold } from '../../text/index.ts';

const LONGEST = 8_000;

/** The searchable text of an exchange: its path and every text in its bodies, folded, each once. */
export function searchTextOf(path: string, ...bodies: unknown[]): string {
  const texts = new Set([caseFold(path), caseFold(decoded(path))]);
  let length = path.length * texts.size;
  const gather = (value: unknown): void => {
    if (length > LONGEST) return;
    if (typeof value === 'object' && value !== null) {
      for (const name in value) {
        if (length > LONGEST) return;
        gather((value as Record<string, unknown>)[name]);
      }
      return;
    }
    if (typeof value !== 'string' && typeof value !== 'number') return;
    const text = caseFold(String(value));
    if (text.startsWith('urn:') || texts.has(text)) return;
    texts.add(text);
    length += text.length + 1;
  };
  bodies.forEach(gather);
  return [...texts].join('\n').slice(0, LONGEST);
}

/**
 * The path as a person would type it: what was looked for is in its query, where clients write
 * `%40` and `+`.
 */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path.replaceAll('+', ' '));
  } catch {
    return path;
  }
}
