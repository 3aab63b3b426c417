import { invalidFilter, quoted } from './error.ts';
import { compareOps, isName, type Filter, type Literal } from './filter.ts';
import { tokens, type Token } from './filter-lexer.ts';

const DEEPEST = 32;

export function parseFilter(text: string): Filter {
  const parser = new Parser(tokens(text));
  const filter = parser.either(0);
  parser.end();
  return filter;
}

/** Grouping binds tightest, then not, then and, then or. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #inElement = false;

  constructor(read: readonly Token[]) {
    this.#tokens = read;
  }

  either(depth: number): Filter {
    if (depth > DEEPEST) throw invalidFilter(`A filter may be nested ${DEEPEST} levels deep.`);
    return this.#joined('or', () => this.#joined('and', () => this.#term(depth)));
  }

  end(): void {
    if (this.#at < this.#tokens.length)
      throw invalidFilter(`The filter goes on unexpectedly with ${this.#here()}.`);
  }

  #joined(kind: 'and' | 'or', next: () => Filter): Filter {
    const first = next();
    const of = [first];
    while (this.#takesWord(kind)) of.push(next());
    return of.length === 1 ? first : { kind, of };
  }

  #term(depth: number): Filter {
    if (this.#takes('(')) return this.#group(depth);
    const token = this.#tokens[this.#at];
    if (
      token?.kind === 'word' &&
      token.text.toLowerCase() === 'not' &&
      this.#tokens[this.#at + 1]?.kind === '('
    ) {
      this.#at += 2;
      return { kind: 'not', of: this.#group(depth) };
    }
    const name = this.#name();
    return this.#takes('[') ? this.#element(name, depth) : this.#condition(name);
  }

  #group(depth: number): Filter {
    const filter = this.either(depth + 1);
    this.#expect(')');
    return filter;
  }

  #element(name: string, depth: number): Filter {
    if (this.#inElement)
      throw invalidFilter('A filter in brackets may not hold another one in brackets.');
    this.#inElement = true;
    const where = this.either(depth + 1);
    this.#expect(']');
    const token = this.#tokens[this.#at];
    const tail = token?.kind === 'word' && token.text.startsWith('.');
    if (tail) this.#at += 1;
    this.#inElement = false;
    if (!tail) return { kind: 'element', name, where };
    // Entra ID sends `emails[type eq "work"].value eq "x"`, which the grammar does not have: the
    // last condition is one more on the same element.
    const condition = this.#condition(checkedName(token.text.slice(1)));
    return { kind: 'element', name, where: { kind: 'and', of: [where, condition] } };
  }

  #condition(name: string): Filter {
    const token = this.#tokens[this.#at];
    const op = token?.kind === 'word' ? token.text.toLowerCase() : undefined;
    if (op === 'pr') {
      this.#at += 1;
      return { kind: 'present', name };
    }
    const compare = compareOps.find(each => each === op);
    if (!compare)
      throw invalidFilter(`After ${quoted(name)} an operator was expected, not ${this.#here()}.`);
    this.#at += 1;
    return { kind: 'compare', name, op: compare, value: this.#literal() };
  }

  #name(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word')
      throw invalidFilter(`An attribute name was expected, not ${this.#here()}.`);
    this.#at += 1;
    return checkedName(token.text);
  }

  #literal(): Literal {
    const token = this.#tokens[this.#at];
    const here = this.#here();
    this.#at += 1;
    if (token?.kind === 'string' || token?.kind === 'number') return token.value;
    const text = token?.kind === 'word' ? token.text.toLowerCase() : '';
    if (text === 'true') return true;
    if (text === 'false') return false;
    if (text === 'null') return null;
    throw invalidFilter(`A value was expected, not ${here}; text must stand in double quotes.`);
  }

  #takes(kind: '(' | ')' | '[' | ']'): boolean {
    if (this.#tokens[this.#at]?.kind !== kind) return false;
    this.#at += 1;
    return true;
  }

  #takesWord(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word' || token.text.toLowerCase() !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(kind: ')' | ']'): void {
    if (!this.#takes(kind)) throw invalidFilter(`'${kind}' was expected, not ${this.#here()}.`);
  }

  #here(): string {
    const token = this.#tokens[this.#at];
    if (!token) return 'the end';
    if (token.kind === 'word') return quoted(token.text);
    return token.kind === 'string' || token.kind === 'number'
      ? quoted(String(token.value))
      : `'${token.kind}'`;
  }
}

function checkedName(name: string): string {
  if (!isName(name)) throw invalidFilter(`${quoted(name)} is not an attribute name.`);
  return name;
}
