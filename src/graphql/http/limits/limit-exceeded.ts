import { GraphQLError } from 'graphql';

/** The error of an exceeded limit. Its code is stable; the numbers are in `extensions`. */
export function limitExceeded(
  message: string,
  code: string,
  status: number,
  facts: Record<string, unknown> = {},
  headers?: [string, string],
): GraphQLError {
  return new GraphQLError(message, {
    extensions: {
      code,
      ...facts,
      http: { status, ...(headers && { headers: new Map([headers]) }) },
    },
  });
}
