import { Arg, Args, ArgsType, Ctx, Field, ID, Query, Resolver } from 'type-graphql';
import {
  type Actor,
  handleOf,
  type MemberRow,
  type ProviderRow,
  Refusal,
  type ReportRow,
  type TeamRow,
  type TenantRow,
} from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { withTenant } from '../loaders/with-tenant.ts';
import { EmailAddress } from '../schema/scalars.ts';
import { LazyConnection } from '../schema/connection.ts';
import { ProvisioningReportConnection } from '../schema/connections.ts';
import { ProvisioningReportFilter } from '../schema/filters.ts';
import { IdentityProvider } from '../identity-providers/identity-provider.ts';
import { Member } from '../members/member.ts';
import { Node } from '../schema/node.ts';
import { ForwardArgs, pageRequest } from '../schema/page-args.ts';
import { Team } from '../teams/team.ts';
import { Tenant } from '../tenants/tenant.ts';
import { Viewer } from '../viewer/viewer.ts';

const NODES_MOST = 100;
const optional = (description: string) => ({ nullable: true, description });

@ArgsType()
class MemberHandles {
  @Field(() => ID, optional('Id.')) id?: string | null;
  @Field(() => String, optional('User name.')) userName?: string | null;
  @Field(() => EmailAddress, optional('Address.')) email?: string | null;
  @Field(() => String, optional('External id.')) externalId?: string | null;
}

@ArgsType()
class TeamHandles {
  @Field(() => ID, optional('Id.')) id?: string | null;
  @Field(() => String, optional('Name.')) name?: string | null;
}

@ArgsType()
class ReportArgs extends ForwardArgs {
  @Field(() => ProvisioningReportFilter, {
    description: 'End user, application, span of time, outcome.',
  })
  filter!: ProvisioningReportFilter;
}

@Resolver()
export class Reads {
  @Query(() => Node, { nullable: true, description: 'Any object by id.' })
  node(
    @Ctx() context: Context,
    @Arg('id', () => ID, { description: 'Id.' }) id: string,
  ): Promise<object | null> {
    return context.loaders().load('node', id);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'Several objects by id, in order, null where not found; at most 100.',
  })
  async nodes(
    @Ctx() context: Context,
    @Arg('ids', () => [ID], { description: 'Ids, at most 100.' }) ids: string[],
  ): Promise<(object | null)[]> {
    if (ids.length > NODES_MOST)
      throw new Refusal('invalid', `At most ${NODES_MOST} objects can be asked for at once.`, {
        field: ['ids'],
      });
    return Promise.all(ids.map(id => context.loaders().load('node', id)));
  }

  @Query(() => Viewer, { description: 'The caller.' })
  viewer(@Ctx() { actor }: Context): Actor {
    return actor;
  }

  @Query(() => Tenant, {
    nullable: true,
    description: "A tenant; without an id, the credential's own.",
  })
  async tenant(
    @Ctx() context: Context,
    @Arg('id', () => ID, optional('Id.')) id?: string | null,
  ): Promise<TenantRow | null> {
    const directory = await context.enter(id).catch(noneSuch);
    return directory && context.loaders(directory).load('tenant', directory.tenantId);
  }

  @Query(() => Member, {
    nullable: true,
    description: 'One member by any handle: id, user name, address or external id.',
  })
  async member(
    @Ctx() context: Context,
    @Args(() => MemberHandles) handles: MemberHandles,
  ): Promise<MemberRow | null> {
    const handle = handleOf(handles);
    return 'id' in handle
      ? context.loaders().load('member', handle.id)
      : context.directory.members.byHandle(handle);
  }

  @Query(() => Team, { nullable: true, description: 'One team by id or name.' })
  async team(
    @Ctx() context: Context,
    @Args(() => TeamHandles) { id, name }: TeamHandles,
  ): Promise<TeamRow | null> {
    if ((id == null) === (name == null))
      throw new Refusal('invalid', 'Name the team by its id or by its name.', {
        field: [name == null ? 'id' : 'name'],
      });
    return id == null
      ? context.directory.teams.byName(name as string)
      : context.loaders().load('team', id);
  }

  @Query(() => IdentityProvider, { nullable: true, description: 'An identity provider.' })
  identityProvider(
    @Ctx() context: Context,
    @Arg('id', () => ID, { description: 'Id.' }) id: string,
  ): Promise<ProviderRow | null> {
    return context.directory.identityProviders.get(id);
  }

  @Query(() => ProvisioningReportConnection, { description: 'The provisioning report.' })
  provisioningReport(
    @Ctx() { directory }: Context,
    @Args(() => ReportArgs) { filter, ...page }: ReportArgs,
  ): LazyConnection<ReportRow & { audit: ReportRow['entry'] }> {
    return new LazyConnection(
      async () => {
        const found = await directory.audit.report(filter, pageRequest(page));
        withTenant(
          directory,
          found.items.map(item => item.row.entry),
        );
        return {
          ...found,
          items: found.items.map(item => ({
            row: { ...item.row, audit: item.row.entry },
            get cursor() {
              return item.cursor;
            },
          })),
        };
      },
      async () => directory.audit.reportCount(filter),
    );
  }
}

/** Another tenant's id is answered like one that nobody has. */
function noneSuch(refusal: unknown): null {
  if (refusal instanceof Refusal && refusal.code === 'not-found') return null;
  throw refusal;
}
