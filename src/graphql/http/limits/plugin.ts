import type { ApolloServerPlugin } from '@apollo/server';
import { execute } from 'graphql';
import type { Context } from '../../context.ts';
import { catchUp } from '../catch-up.ts';
import { charge } from './charge.ts';
import type { Budget } from './budget.ts';
import { priceDocument } from './dry-run.ts';

/** Prices every operation before it is executed. One that asks for its price gets that alone. */
export function limitsPlugin(budget: Budget): ApolloServerPlugin<Context> {
  return {
    requestDidStart: async () => {
      let priceOnly = false;
      return {
        didResolveOperation: async ({ contextValue, schema, document, operation, request }) => {
          if (!operation) return;
          ({ priceOnly } = charge(
            contextValue,
            budget,
            schema,
            document,
            operation,
            request.variables ?? {},
          ));
          if (!priceOnly) await catchUp(contextValue, schema, document);
        },
        responseForOperation: async ({
          contextValue,
          schema,
          document,
          request,
          operationName,
          response,
        }) => {
          if (!priceOnly) return null;
          const { data = null } = await execute({
            schema,
            document: priceDocument(schema, document),
            contextValue,
            variableValues: request.variables ?? {},
            operationName,
          });
          return { http: response.http, body: { kind: 'single', singleResult: { data } } };
        },
      };
    },
  };
}
