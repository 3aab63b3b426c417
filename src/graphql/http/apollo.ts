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
 * A browser sends none of these to another origin before it has asked whether it may, so a request with one of them is no forgery.
 * `Authorization` is among them: clients that put queries into the URL (urql) send nothing else.
 */
const PREFLIGHTED = [
  'authorization',
  'x-apollo-operation-name',
  'apollo-require-preflight',
  'graphql-require-preflight',
  'x-requested-with',
];

/** Queries and mutations over HTTP. Only callers who are somebody get here, so all of them may ask for the schema. */
export async function startApollo(
  faults: Faults,
  budget: Budget,
  measure?: Measure,
): Promise<ApolloServer<Context>> {
  const apollo = new ApolloServer<Context>({
    schema: directorySchema(),
    introspection: true,
    csrfPrevention: { requestHeaders: PREFLIGHTED },
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: LIMITS.tokens },
    maxRecursiveSelections: LIMITS.selections,
    validationRules: documentRules,
    formatError: (formatted, error) => toClientError(formatted, error, faults),
    // Cache control would put itself around every field of every answer; ours are never stored.
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      streamsElsewhere,
      limitsPlugin(budget),
      faultsPlugin(faults),
      measurePlugin(measure),
    ],
  });
  await apollo.start();
  return apollo;
}

const streamsElsewhere = {
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
