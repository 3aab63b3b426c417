import type { InferKyselyDB } from '@mikro-orm/postgresql';
import { AuditEntrySchema } from './audit/audit-entry.ts';
import { ConflictCaseSchema } from './conflicts/conflict-case.ts';
import { CredentialSchema } from './credentials/credential.ts';
import { CredentialUseSchema } from './credentials/credential-use.ts';
import { ExchangeSchema } from './exchanges/exchange.ts';
import { AnswerSchema } from './idempotency/answer.ts';
import { IdentityProviderSchema } from './identity-providers/identity-provider.ts';
import { ProviderActivitySchema } from './identity-providers/provider-activity.ts';
import { InvitationSchema } from './invitations/invitation.ts';
import { MemberSchema } from './members/member.ts';
import { MessageSchema } from './outbox/message.ts';
import { SignInBindingSchema } from './sign-ins/sign-in-binding.ts';
import { SignInRefusalSchema } from './sign-ins/sign-in-refusal.ts';
import { RoleMappingSchema } from './roles/role-mapping.ts';
import { RoleSchema } from './roles/role.ts';
import { MailCountSchema } from './invitations/mail-count.ts';
import { DeletedMembershipSchema, DeletedTeamSchema } from './teams/deleted-team.ts';
import { MembershipSchema } from './teams/membership.ts';
import { TeamSchema } from './teams/team.ts';
import { TenantSchema } from './tenants/tenant.ts';

/** Every table of the directory, said once: MikroORM makes and checks the tables from it, Kysely takes its types from it. */
export const entities = [
  TenantSchema,
  RoleSchema,
  RoleMappingSchema,
  MemberSchema,
  TeamSchema,
  MembershipSchema,
  DeletedTeamSchema,
  DeletedMembershipSchema,
  IdentityProviderSchema,
  ProviderActivitySchema,
  CredentialSchema,
  CredentialUseSchema,
  SignInBindingSchema,
  SignInRefusalSchema,
  ConflictCaseSchema,
  ExchangeSchema,
  InvitationSchema,
  MailCountSchema,
  MessageSchema,
  AnswerSchema,
  AuditEntrySchema,
];

export type Tables = InferKyselyDB<(typeof entities)[number]>;
