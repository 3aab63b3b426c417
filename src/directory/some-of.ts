/** The first of some names, and how many there are beyond them; `total` when not all of them were read. */
export function someOf(names: readonly string[], most: number, total = names.length): string {
  const shown = names.slice(0, most).join(', ');
  return total > most ? `${shown} and ${total - most} more` : shown;
}
