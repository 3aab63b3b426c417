import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { Refusal, type RefusalCode } from '../directory/index.ts';
import type { Log } from '../platform/http/index.ts';

export const ERROR_CODES = [
  'PROVISIONED_READ_ONLY',
  'MANUAL_MEMBER_IN_PROVISIONED_TEAM',
  'ROLE_LOCKED',
  'ROLE_RULED',
  'ALREADY_TAKEN',
  'INVALID',
  'NOT_FOUND',
  'FORBIDDEN',
  'STALE_VERSION',
  'FEATURE_OFF',
  'LAST_OWNER',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * The GraphQL code of each refusal of the directory. A new refusal does not compile until it has
 * one.
 */
export const dialect: Record<RefusalCode, ErrorCode> = {
  'not-found': 'NOT_FOUND',
  'unknown-member': 'NOT_FOUND',
  'forbidden': 'FORBIDDEN',
  'beyond-reach': 'FORBIDDEN',
  'invalid': 'INVALID',
  'stale-version': 'STALE_VERSION',
  'feature-off': 'FEATURE_OFF',
  'provisioned-read-only': 'PROVISIONED_READ_ONLY',
  'manual-member-in-provisioned-team': 'MANUAL_MEMBER_IN_PROVISIONED_TEAM',
  'manual-members-inside': 'MANUAL_MEMBER_IN_PROVISIONED_TEAM',
  'role-locked': 'ROLE_LOCKED',
  'role-ruled': 'ROLE_RULED',
  'last-owner': 'LAST_OWNER',
  'user-name-taken': 'ALREADY_TAKEN',
  'email-taken': 'ALREADY_TAKEN',
  'name-taken': 'ALREADY_TAKEN',
  'external-id-taken': 'ALREADY_TAKEN',
  'held-by-hand': 'ALREADY_TAKEN',
  'held-by-another-provider': 'ALREADY_TAKEN',
  'not-to-be-moved': 'INVALID',
  'provisioning-paused': 'FEATURE_OFF',
  'provisioning-off': 'FEATURE_OFF',
  'too-many': 'INVALID',
};

export interface Faults {
  /** Whether the database is away or too busy for now, so that the request may be sent again. */
  isOutage: (fault: unknown) => boolean;
  log: Pick<Log, 'error' | 'warn'>;
}

export const RETRY_AFTER_SECONDS = 2;

/**
 * An error as the client sees it: a refusal with its reason and code, a mistake in the document
 * with its location, and of a fault only that there was one.
 */
export function toClientError(
  formatted: GraphQLFormattedError,
  error: unknown,
  { isOutage }: Pick<Faults, 'isOutage'>,
): GraphQLFormattedError {
  const cause = causeOf(error);
  const place = {
    ...(formatted.locations && { locations: formatted.locations }),
    ...(formatted.path && { path: formatted.path }),
  };
  if (cause instanceof Refusal) {
    const code = cause.code === 'invalid' ? 'BAD_USER_INPUT' : dialect[cause.code];
    return {
      message: cause.message,
      ...place,
      extensions: { code, ...(cause.facts.field && { argument: cause.facts.field.join('.') }) },
    };
  }
  if (isOutage(cause))
    return {
      message: 'The directory is not available at the moment; try again.',
      ...place,
      extensions: { code: 'SERVICE_UNAVAILABLE' },
    };
  if (isFault(error))
    return {
      message: 'Something went wrong here.',
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
  const { code } = formatted.extensions ?? {};
  return {
    ...formatted,
    message: withoutSuggestions(formatted.message),
    extensions: {
      ...formatted.extensions,
      code: code === 'INTERNAL_SERVER_ERROR' && !formatted.path ? 'BAD_REQUEST' : code,
    },
  };
}

/**
 * Removes "Did you mean ...", which would show names of the schema that the caller did not ask
 * about.
 */
export function withoutSuggestions(message: string): string {
  return message.replace(/ ?Did you mean .*\?$/s, '');
}

/** Whether it is neither a refusal nor an error that GraphQL or a limit raised. */
export function isFault(error: unknown): boolean {
  const cause = causeOf(error);
  return !(cause instanceof Refusal) && !(cause instanceof GraphQLError);
}

/** The thrown error inside the GraphQLErrors that located it. */
export function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError
    ? causeOf(error.originalError)
    : error;
}
