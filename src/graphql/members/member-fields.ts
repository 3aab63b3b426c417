import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Resolver, Root } from 'type-graphql';
import {
  type AuditEntryRow,
  mayReadActivity,
  type MemberRow,
  type MembershipRow,
  requireActivity,
  RESTORABLE_DAYS,
  type RoleRow,
  type TenantRow,
  versionOf,
} from '../../directory/index.ts';
import { AuditEntryConnection } from '../audit/audit-log.ts';
import type { Context } from '../context.ts';
import { linkOf, type LinkSource } from '../identity-providers/link.ts';
import { Provenance } from '../identity-providers/provenance.ts';
import { ProviderLink } from '../identity-providers/provider-link.ts';
import { pagesWithTenant } from '../loaders/with-tenant.ts';
import { permissionsOf } from '../roles/permissions-of.ts';
import { RoleExplanation } from '../roles/role-explanation.ts';
import { RoleLock } from '../roles/role-lock.ts';
import { Role } from '../roles/role.ts';
import type { LazyConnection } from '../schema/connection.ts';
import { listOfParent } from '../schema/lists.ts';
import { ForwardArgs, pageRequest } from '../schema/page-args.ts';
import { DateTime } from '../schema/scalars.ts';
import { TeamMembershipConnection, teamsOfMember, TeamsOfMemberArgs } from '../teams/membership.ts';
import { Tenant } from '../tenants/tenant.ts';
import { AttributeFact, attributesOf } from './attribute-fact.ts';
import { Member } from './member.ts';
import { Onboarding, onboardingOf } from './onboarding.ts';

const RESTORABLE_MS = RESTORABLE_DAYS * 86_400_000;

@Resolver(() => Member)
export class MemberFields {
  @FieldResolver(() => Tenant, { description: 'The tenant that the member belongs to.' })
  tenant(@Root() { tenantId }: MemberRow, @Ctx() context: Context): Promise<TenantRow | null> {
    return context.loaders(context.at(tenantId)).load('tenant', tenantId);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description:
      'When a deleted member is removed for good, 30 days after the deletion; null ' +
      'while it is not deleted.',
  })
  purgeAt(@Root() { deletedAt }: MemberRow): Date | null {
    return deletedAt && new Date(deletedAt.getTime() + RESTORABLE_MS);
  }

  @FieldResolver(() => Provenance, {
    description: 'Where the member came from and which provider owns it now.',
  })
  provenance(@Root() member: MemberRow, @Ctx() context: Context): Provenance {
    return new Provenance(member, context.loaders(context.at(member.tenantId)));
  }

  @FieldResolver(() => [AttributeFact], {
    description:
      'Owner and last writer of each attribute, those that only the provider knows included.',
  })
  attributes(
    @Root() member: MemberRow,
    @Ctx() context: Context,
    @Arg('names', () => [String], {
      nullable: true,
      description: 'Only attributes with these names.',
    })
    names?: string[] | null,
  ): Promise<AttributeFact[]> {
    return attributesOf(member, context.loaders(context.at(member.tenantId)), names);
  }

  @FieldResolver(() => [String], {
    description:
      'Names of what this viewer may change of this member now; empty for viewers of ' +
      'another tenant.',
  })
  async editableFields(@Root() member: MemberRow, @Ctx() context: Context): Promise<string[]> {
    const directory = context.at(member.tenantId);
    const loaders = context.loaders(directory);
    const [owner, held] = await Promise.all([
      member.providerId === null ? null : loaders.load('provider', member.providerId),
      permissionsOf(member, loaders),
    ]);
    return directory.members.editableFields(member, owner, held);
  }

  @FieldResolver(() => Role, {
    description: 'The role in force; decided by lock, hand, mapping or default, in this order.',
  })
  role(@Root() { tenantId, roleId }: MemberRow, @Ctx() context: Context): Promise<RoleRow | null> {
    return context.loaders(context.at(tenantId)).load('roleSpokenOf', roleId);
  }

  @FieldResolver(() => Member, {
    nullable: true,
    description:
      'Who they report to; null when that is no member here, is deleted, or may not be seen.',
  })
  async manager(
    @Root() { tenantId, managerId }: MemberRow,
    @Ctx() context: Context,
  ): Promise<MemberRow | null> {
    if (managerId === null) return null;
    const manager = await context.loaders(context.at(tenantId)).load('member', managerId);
    return manager?.state === 'DELETED' ? null : manager;
  }

  @FieldResolver(() => RoleLock, {
    nullable: true,
    description: 'The lock on the role; null while it is not locked.',
  })
  roleLock(@Root() member: MemberRow, @Ctx() context: Context): RoleLock | null {
    return member.roleLocked
      ? new RoleLock(member, context.loaders(context.at(member.tenantId)))
      : null;
  }

  @FieldResolver(() => RoleExplanation, {
    description: 'Why this role: every candidate in order, and which one won.',
  })
  async roleExplanation(
    @Root() { tenantId, id, roleId }: MemberRow,
    @Ctx() context: Context,
  ): Promise<RoleExplanation> {
    const loaders = context.loaders(context.at(tenantId));
    const explanation = await loaders.load('explanation', id);
    return new RoleExplanation(
      explanation ?? {
        roleId,
        decidedBy: 'MANUAL',
        withoutLock: roleId,
        candidates: [],
        summary: 'A deleted member keeps the role it had.',
      },
      loaders,
    );
  }

  @FieldResolver(() => TeamMembershipConnection, {
    description: 'Memberships of this member in teams that the viewer may see.',
  })
  teams(
    @Root() member: MemberRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => TeamsOfMemberArgs) args: TeamsOfMemberArgs,
  ): LazyConnection<MembershipRow> {
    return teamsOfMember(member, context, info, args);
  }

  @FieldResolver(() => [ProviderLink], {
    description: 'Links to accounts at identity providers; at most one today.',
  })
  links(@Root() member: MemberRow): LinkSource[] {
    const link = linkOf(member);
    return link ? [link] : [];
  }

  @FieldResolver(() => AuditEntryConnection, {
    description: 'Changes to this member, newest first. Of others it needs AUDIT_READ.',
  })
  history(
    @Root() { tenantId, id }: MemberRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => ForwardArgs) args: ForwardArgs,
  ): LazyConnection<AuditEntryRow> {
    const directory = context.at(tenantId);
    requireActivity(directory, [], id); // checked per member: a member may read their own history
    return listOfParent(context.loaders(directory), info, id, {
      pages: async ids =>
        pagesWithTenant(directory, await directory.audit.historyOf(ids, pageRequest(args))),
      counts: ids => directory.audit.countHistoryOf(ids),
    });
  }

  @FieldResolver(() => Onboarding, { description: 'How far the invitation has come.' })
  async onboarding(
    @Root() { tenantId, id }: MemberRow,
    @Ctx() context: Context,
  ): Promise<Onboarding> {
    const directory = context.at(tenantId);
    const invitation = await context.loaders(directory).load('invitation', id);
    return onboardingOf(invitation, mayReadActivity(directory, ['DIRECTORY_WRITE'], id));
  }

  @FieldResolver(() => String, {
    description:
      'Changes with every change of the member; hand it back as `expectedVersion`. ' +
      'Also the SCIM ETag.',
  })
  version(@Root() member: MemberRow): string {
    return versionOf(member);
  }
}
