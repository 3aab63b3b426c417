import { BodyError } from './body-error.ts';

/**
 * Refuses deep nesting in one pass over the text, because a parser and everything that walks its
 * result would need stack for it.
 */
export function assertShallow(json: string, maxDepth: number): void {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    switch (json.charCodeAt(i)) {
      case 0x22: // a string: skip it, its brackets do not count
        i = endOfString(json, i);
        break;
      case 0x5b:
      case 0x7b:
        if (++depth > maxDepth)
          throw new BodyError(400, `The body nests deeper than ${maxDepth} levels.`);
        break;
      case 0x5d:
      case 0x7d:
        depth--;
        break;
    }
  }
}

function endOfString(json: string, start: number): number {
  for (let i = start + 1; i < json.length; i++) {
    const char = json.charCodeAt(i);
    if (char === 0x5c) i++;
    else if (char === 0x22) return i;
  }
  return json.length;
}
