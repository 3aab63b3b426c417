import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode } from 'graphql';
import type { Context } from '../context.ts';
import { type Faults, toClientError } from '../errors.ts';
import { directorySchema } from '../schema/schema.ts';
import { faultsPlugin } from './faults-plugin.ts';
import type { Budget } from './limits/budget.ts';
import { LIMITS } from './limits/limits.ts';
import { limitsPlugin } from './limits/plugin.ts';
import { documentRules } from './limits/rules.ts';
import { type Measure, measurePlugin } from './measure-plugin.ts';

/**
 * A browser sends these headers to another origin only after a preflight, so a request with one of
 * them is not forged. `Authorization` is among them because clients that put queries into the URL
 * (urql) send no other.
 */
const PREFLIGHT_HEADERS = [
  'authorization',
  'x-apollo-operation-name',
  'apollo-require-preflight',
  'graphql-require-preflight',
  'x-requested-with',
];

/**
 * Executes queries and mutations over HTTP. Every caller is authenticated, so introspection is
 * open.
 */
export async function startApollo(
  faults: Faults,
  budget: Budget,
  measure?: Measure,
): Promise<ApolloServer<Context>> {
  const apollo = new ApolloServer<Context>({
    schema: directorySchema(),
    introspection: true,
    csrfPrevention: { requestHeaders: PREFLIGHT_HEADERS },
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    maxRecursiveSelections: LIMITS.selections,
    validationRules: documentRules,
    formatError: (formatted, error) => toClientError(formatted, error, faults),
    // The cache-control plugin would wrap every field; answers are never cached.
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      refuseSubscriptions,
      limitsPlugin(budget),
      faultsPlugin(faults),
      measurePlugin(measure),
    ],
  });
  await apollo.start();
  return apollo;
}

const refuseSubscriptions = {
  requestDidStart: async () => ({
    didResolveOperation: async ({
      operation,
    }: {
      operation?: { operation: OperationTypeNode } | undefined;
    }) => {
      if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return;
      throw new GraphQLError(
        'Subscriptions are streams: ask over WebSocket, or with `Accept: text/event-stream`.',
        { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } },
      );
    },
  }),
};
