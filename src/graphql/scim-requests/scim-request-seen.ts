import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import { type Directory, type ExchangeRow, Refusal } from '../../directory/index.ts';
import { withTenant } from '../loaders/with-tenant.ts';
import { type EventsOf, follow, type SubscriptionCall } from '../schema/audit-stream.ts';
import { ScimRequestFilter } from './scim-request-list.ts';
import { ScimRequest } from './scim-request.ts';

interface RequestSeenArgs {
  identityProviderId: string;
  filter?: ScimRequestFilter | null;
}

@Resolver()
export class ScimRequestSeen {
  @Subscription(() => ScimRequest, {
    description:
      'Each SCIM request of a provider a moment after it was answered. Needs ' +
      'AUDIT_READ or PROVISIONING_ADMIN. Each event costs the price of the selection.',
    subscribe: seenRequests,
  })
  scimRequestSeen(
    @Root() request: ExchangeRow,
    @Arg('identityProviderId', () => ID, { description: 'Id of the provider to follow.' })
    _identityProviderId: string,
    @Arg('filter', () => ScimRequestFilter, {
      nullable: true,
      description: 'Only requests that meet this filter.',
    })
    _filter?: ScimRequestFilter | null,
  ): ExchangeRow {
    return request;
  }
}

async function seenRequests({
  args: { identityProviderId, filter },
  context,
}: SubscriptionCall<RequestSeenArgs>): EventsOf<ExchangeRow> {
  const { directory } = context;
  if (!directory.actor.may('PROVISIONING_ADMIN')) directory.require('AUDIT_READ');
  const provider = await directory.identityProviders.get(identityProviderId);
  if (!provider)
    throw new Refusal('not-found', 'No such identity provider.', { field: ['identityProviderId'] });
  const source = {
    tenantId: directory.tenantId,
    key: `exchanges ${directory.tenantId} ${provider.id} ${JSON.stringify(filter ?? {})}`,
    since: (reader: typeof directory, from: Date, most: number) =>
      reader.exchanges.since(provider.id, from, filter ?? {}, most),
  };
  return requestsIn(await follow<ExchangeRow>(context, source), directory);
}

async function* requestsIn(
  batches: AsyncGenerator<ExchangeRow[], void>,
  directory: Directory,
): AsyncGenerator<ExchangeRow, void> {
  for await (const requests of batches) yield* withTenant(directory, requests);
}
