import type { ApolloServerPlugin } from '@apollo/server';
import type { Context } from '../context.ts';

/**
 * Reports each operation under its client's name for it, with the codes of its errors and of the
 * refusals in `userErrors`.
 */
export type Measure = (operation: string, codes: readonly string[]) => void;

const ANONYMOUS = 'anonymous';

export function measurePlugin(measure: Measure | undefined): ApolloServerPlugin<Context> {
  if (!measure) return {};
  return {
    requestDidStart: async () => ({
      willSendResponse: async ({ operation, response: { body } }) => {
        if (body.kind !== 'single') return;
        const { errors = [], data } = body.singleResult;
        const codes = [
          ...errors.map(({ extensions }) => extensions?.['code']),
          ...Object.values(data ?? {}).flatMap(refusalsIn),
        ].filter(code => typeof code === 'string');
        measure(operation?.name?.value ?? ANONYMOUS, [...new Set(codes)]);
      },
    }),
  };
}

function refusalsIn(payload: unknown): unknown[] {
  const { userErrors } = (payload ?? {}) as { userErrors?: unknown };
  return Array.isArray(userErrors) ? userErrors.map(({ code }: { code?: unknown }) => code) : [];
}
