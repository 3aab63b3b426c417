import type { GraphQLResolveInfo } from 'graphql';
import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Info,
  ObjectType,
  Resolver,
  Root,
} from 'type-graphql';
import {
  type AttributeName,
  type AuditEntryRow,
  mayReadActivity,
  type MemberRow,
  type MembershipRow,
  type MemberState,
  requireActivity,
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
import { Node, Provenanced } from '../schema/node.ts';
import { ForwardArgs, pageRequest } from '../schema/page-args.ts';
import { DateTime, EmailAddress } from '../schema/scalars.ts';
import { TeamMembershipConnection, teamsOfMember, TeamsOfMemberArgs } from '../teams/membership.ts';
import { Tenant } from '../tenants/tenant.ts';
import { AttributeFact, attributesOf } from './attribute-fact.ts';
import * as memberWords from './enums.ts';
import { Onboarding, onboardingOf } from './onboarding.ts';

const RESTORABLE_MS = 30 * 86_400_000;

@ObjectType({
  implements: [Node, Provenanced],
  simpleResolvers: true,
  description: 'A person in a tenant.',
})
export class Member implements Pick<
  MemberRow,
  Exclude<AttributeName, 'externalId' | 'managerId'> | 'id' | 'state' | 'createdAt' | 'updatedAt'
> {
  @Field(() => ID, { description: 'Id.' }) id!: string;
  @Field(() => String, { description: 'Login name; what SCIM calls userName.' }) userName!: string;
  @Field(() => EmailAddress, {
    nullable: true,
    description: 'Primary address; null where nobody gave one. Never a user name.',
  })
  email!: string | null;
  @Field(() => String, { nullable: true, description: 'Given name.' }) givenName!: string | null;
  @Field(() => String, { nullable: true, description: 'Family name.' }) familyName!: string | null;
  @Field(() => String, { description: 'Name to show.' }) displayName!: string;
  @Field(() => String, { nullable: true, description: 'Job title.' }) title!: string | null;
  @Field(() => String, { nullable: true, description: 'Department.' }) department!: string | null;
  @Field(() => String, { nullable: true, description: 'Number in the company.' })
  employeeNumber!: string | null;
  @Field(() => String, { nullable: true, description: 'First work number, else the first.' })
  phoneNumber!: string | null;
  @Field(() => String, { nullable: true, description: 'Language, like de-CH.' })
  locale!: string | null;
  @Field(() => memberWords.MemberState, { description: 'State.' }) state!: MemberState;
  @Field(() => DateTime, { description: 'Created.' }) createdAt!: Date;
  @Field(() => DateTime, { description: 'Last changed.' }) updatedAt!: Date;
}

@Resolver(() => Member)
export class MemberFields {
  @FieldResolver(() => Tenant, { description: 'Tenant.' })
  tenant(@Root() { tenantId }: MemberRow, @Ctx() context: Context): Promise<TenantRow | null> {
    return context.loaders(context.at(tenantId)).load('tenant', tenantId);
  }

  @FieldResolver(() => DateTime, {
    nullable: true,
    description: 'When a soft-deleted member is purged.',
  })
  purgeAt(@Root() { deletedAt }: MemberRow): Date | null {
    return deletedAt && new Date(deletedAt.getTime() + RESTORABLE_MS);
  }

  @FieldResolver(() => Provenance, { description: 'Origin and ownership.' })
  provenance(@Root() member: MemberRow, @Ctx() context: Context): Provenance {
    return new Provenance(member, context.loaders(context.at(member.tenantId)));
  }

  @FieldResolver(() => [AttributeFact], { description: 'Owner and last writer of each attribute.' })
  attributes(
    @Root() member: MemberRow,
    @Ctx() context: Context,
    @Arg('names', () => [String], { nullable: true, description: 'Only these names.' })
    names?: string[] | null,
  ): Promise<AttributeFact[]> {
    return attributesOf(member, context.loaders(context.at(member.tenantId)), names);
  }

  @FieldResolver(() => [String], { description: 'Fields this viewer may edit now.' })
  async editableFields(@Root() member: MemberRow, @Ctx() context: Context): Promise<string[]> {
    const directory = context.at(member.tenantId);
    const loaders = context.loaders(directory);
    const [owner, held] = await Promise.all([
      member.providerId === null ? null : loaders.load('provider', member.providerId),
      permissionsOf(member, loaders),
    ]);
    return directory.members.editableFields(member, owner, held);
  }

  @FieldResolver(() => Role, { description: 'The role in force.' })
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

  @FieldResolver(() => RoleLock, { nullable: true, description: 'Whether the role is locked.' })
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

  @FieldResolver(() => TeamMembershipConnection, { description: 'Teams.' })
  teams(
    @Root() member: MemberRow,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
    @Args(() => TeamsOfMemberArgs) args: TeamsOfMemberArgs,
  ): LazyConnection<MembershipRow> {
    return teamsOfMember(member, context, info, args);
  }

  @FieldResolver(() => [ProviderLink], { description: 'Links to accounts at identity providers.' })
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
    requireActivity(directory, [], id); // for each member, so that one's own history is there among others
    return listOfParent(context.loaders(directory), info, id, {
      pages: async ids =>
        pagesWithTenant(directory, await directory.audit.historyOf(ids, pageRequest(args))),
      counts: ids => directory.audit.countHistoryOf(ids),
    });
  }

  @FieldResolver(() => Onboarding, { description: 'Invitation or activation mail.' })
  async onboarding(
    @Root() { tenantId, id }: MemberRow,
    @Ctx() context: Context,
  ): Promise<Onboarding> {
    const directory = context.at(tenantId);
    const invitation = await context.loaders(directory).load('invitation', id);
    return onboardingOf(invitation, mayReadActivity(directory, ['DIRECTORY_WRITE'], id));
  }

  @FieldResolver(() => String, {
    description: 'Optimistic-concurrency version, also the SCIM ETag.',
  })
  version(@Root() member: MemberRow): string {
    return versionOf(member);
  }
}
