import type { ApolloServerPlugin } from '@apollo/server';
import type { Context } from '../context.ts';
import { causeOf, type Faults, isFault, RETRY_AFTER_SECONDS } from '../errors.ts';

/**
 * Logs a fault once, with the ids of its request. While the database is away the answer is 503 with
 * Retry-After.
 */
export function faultsPlugin({ isOutage, log }: Faults): ApolloServerPlugin<Context> {
  return {
    requestDidStart: async () => {
      let away = false;
      return {
        didEncounterErrors: async ({ errors, contextValue }) => {
          for (const error of errors.filter(isFault)) {
            const cause = causeOf(error);
            away ||= isOutage(cause);
            log[isOutage(cause) ? 'warn' : 'error'](
              {
                err: cause,
                ...contextValue.directory.trace,
                at: error.path?.join('.'),
              },
              'A GraphQL operation failed.',
            );
          }
        },
        willSendResponse: async ({ response }) => {
          if (!away) return;
          response.http.status = 503;
          response.http.headers.set('retry-after', String(RETRY_AFTER_SECONDS));
        },
      };
    },
  };
}
