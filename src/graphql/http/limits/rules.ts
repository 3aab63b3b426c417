import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { LIMITS } from './limits.ts';

/** Validation rules for the size of a document, whatever its variables are. */
export const documentRules: ValidationRule[] = [
  depth,
  rootFields,
  counted('Field', 'alias', LIMITS.aliases, 'aliases'),
  counted('Directive', 'name', LIMITS.directives, 'directives'),
  noNul,
];

function depth(context: ValidationContext): ASTVisitor {
  const depthOf = new Depths(context);
  return {
    OperationDefinition(operation) {
      const deep = depthOf.selections(operation.selectionSet);
      if (deep > LIMITS.depth)
        report(
          context,
          `This operation is ${deep} levels deep; at most ${LIMITS.depth} are answered.`,
        );
    },
  };
}

/** A fragment is measured once, so that nested fragments do not make measuring itself expensive. */
class Depths {
  readonly #fragments = new Map<string, number>();
  readonly #context: ValidationContext;

  constructor(context: ValidationContext) {
    this.#context = context;
  }

  selections({ selections }: SelectionSetNode): number {
    let deepest = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD)
        deepest = Math.max(
          deepest,
          this.#fragment(this.#context.getFragment(selection.name.value)),
        );
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        deepest = Math.max(deepest, this.selections(selection.selectionSet));
      else
        deepest = Math.max(
          deepest,
          1 + (selection.selectionSet ? this.selections(selection.selectionSet) : 0),
        );
    }
    return deepest;
  }

  #fragment(fragment: FragmentDefinitionNode | null | undefined): number {
    if (!fragment) return 0;
    const name = fragment.name.value;
    const known = this.#fragments.get(name);
    if (known !== undefined) return known;
    this.#fragments.set(name, 0); // cyclic fragments are refused by the validation of GraphQL
    const deep = this.selections(fragment.selectionSet);
    this.#fragments.set(name, deep);
    return deep;
  }
}

function rootFields(context: ValidationContext): ASTVisitor {
  const count = ({ selections }: SelectionSetNode, seen: Set<string>): number =>
    selections.reduce((sum, selection) => {
      if (selection.kind === Kind.FIELD) return sum + 1;
      if (selection.kind === Kind.INLINE_FRAGMENT) return sum + count(selection.selectionSet, seen);
      const fragment = context.getFragment(selection.name.value);
      if (!fragment || seen.has(selection.name.value)) return sum;
      return sum + count(fragment.selectionSet, seen.add(selection.name.value));
    }, 0);
  return {
    OperationDefinition(operation) {
      const fields = count(operation.selectionSet, new Set());
      if (fields > LIMITS.rootFields)
        report(
          context,
          `This operation asks ${fields} questions at once; ` +
            `at most ${LIMITS.rootFields} are answered.`,
        );
    },
  };
}

function counted(
  kind: 'Field' | 'Directive',
  part: 'alias' | 'name',
  most: number,
  plural: string,
): ValidationRule {
  return function countedRule(context) {
    let count = 0;
    return {
      [kind](node: Partial<Record<typeof part, unknown>>) {
        if (node[part] && ++count === most + 1)
          report(context, `At most ${most} ${plural} are allowed in one document.`);
      },
    };
  };
}

/**
 * Refuses NUL in string literals, which PostgreSQL's text cannot hold. The body reader sees it only
 * in JSON.
 */
function noNul(context: ValidationContext): ASTVisitor {
  return {
    StringValue(node) {
      if (node.value.includes('\0')) report(context, 'A text contains a NUL character.');
    },
  };
}

function report(context: ValidationContext, message: string): void {
  context.reportError(new GraphQLError(message));
}
