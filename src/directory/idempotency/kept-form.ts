/** The stored result of a mutation: enough to give the same answer again. */
export type Answer = Record<string, unknown>;

/**
 * JSON has no instants. Which texts were instants is kept beside the answer, as paths into it: by
 * their names or their look they cannot be told from texts of the same form that a provider sent.
 */
export interface KeptForm {
  answer: Answer;
  instants: string[][];
}

/** Fields of payloads that show a secret once: they are not stored. */
const SHOWN_ONCE = ['secret', 'secretToken'];

/** The answer as it is stored: without what is shown once, with the paths of its instants. */
export function keptForm(answer: Answer): KeptForm {
  const instants: string[][] = [];
  collectInstants(answer, [], instants);
  const kept = { ...answer };
  for (const name of SHOWN_ONCE) if (name in kept) kept[name] = null;
  return { answer: kept, instants };
}

/** The answer as it was first given, except what is shown once. */
export function answerOf(kept: unknown): Answer {
  if (!isKeptForm(kept)) return {};
  for (const path of kept.instants) reviveAt(kept.answer, path);
  return kept.answer;
}

function collectInstants(value: unknown, path: string[], into: string[][]): void {
  if (value instanceof Date) into.push(path);
  else if (typeof value === 'object' && value !== null)
    for (const [name, held] of Object.entries(value)) collectInstants(held, [...path, name], into);
}

function reviveAt(answer: Answer, path: readonly string[]): void {
  let holder: Record<string, unknown> = answer;
  for (const name of path.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
  const last = path.at(-1) as string;
  holder[last] = new Date(holder[last] as string);
}

const isKeptForm = (kept: unknown): kept is KeptForm =>
  typeof kept === 'object' && kept !== null && 'instants' in kept && 'answer' in kept;
