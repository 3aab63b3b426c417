import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  Kind,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { directorySchema } from '../schema/schema.ts';
import { LIMITS } from './limits/limits.ts';
import { documentRules } from './limits/rules.ts';

const INTROSPECTION_FIELDS = new Set(['__schema', '__type', '__typename']);

/** Answers introspection without a credential, outside production. Null for any other document. */
export async function answerAnonymous(body: unknown): Promise<ExecutionResult | null> {
  const query = (body as { query?: unknown } | null)?.query;
  if (typeof query !== 'string') return null;
  const document = parsedOrNull(query);
  if (!document || !isIntrospection(document)) return null;
  const schema = directorySchema();
  if (validate(schema, document, [...specifiedRules, ...documentRules]).length > 0) return null;
  return execute({
    schema,
    document,
    operationName: (body as { operationName?: string | null }).operationName ?? null,
  });
}

function parsedOrNull(query: string): DocumentNode | null {
  try {
    return parse(query, { maxTokens: LIMITS.tokens });
  } catch {
    return null;
  }
}

function isIntrospection({ definitions }: DocumentNode): boolean {
  return definitions.every(
    definition =>
      definition.kind !== Kind.OPERATION_DEFINITION ||
      definition.selectionSet.selections.every(
        selection =>
          selection.kind === Kind.FIELD && INTROSPECTION_FIELDS.has(selection.name.value),
      ),
  );
}
