import type {
  EntitySchemaWithMeta,
  InferEntityProperties,
  InferKyselyTable,
  SnakeCase,
} from '@mikro-orm/postgresql';
import type { ColumnType, GeneratedAlways, InsertType, SelectType, UpdateType } from 'kysely';
import { AuditEntrySchema } from '../audit/audit-entry.ts';
import { ConflictCaseSchema } from '../conflicts/conflict-case.ts';
import { CredentialUseSchema } from '../credentials/credential-use.ts';
import { CredentialSchema } from '../credentials/credential.ts';
import { ExchangeSchema } from '../exchanges/exchange.ts';
import { AnswerSchema } from '../idempotency/answer.ts';
import { IdentityProviderSchema } from '../identity-providers/identity-provider.ts';
import { ProviderActivitySchema } from '../identity-providers/provider-activity.ts';
import { InvitationSchema } from '../invitations/invitation.ts';
import { MailCountSchema } from '../invitations/mail-count.ts';
import { MemberSchema } from '../members/member.ts';
import { MessageSchema } from '../outbox/message.ts';
import { RoleMappingSchema } from '../roles/role-mapping.ts';
import { RoleSchema } from '../roles/role.ts';
import { SignInBindingSchema } from '../sign-ins/sign-in-binding.ts';
import { SignInRefusalSchema } from '../sign-ins/sign-in-refusal.ts';
import { DeletedMembershipSchema, DeletedTeamSchema } from '../teams/deleted-team.ts';
import { MembershipSchema } from '../teams/membership.ts';
import { TeamSchema } from '../teams/team.ts';
import { TenantSchema } from '../tenants/tenant.ts';
import type { Derived } from './columns.ts';

/**
 * Every table of the directory, said once: MikroORM makes and checks the tables from it, Kysely
 * takes its types from it.
 */
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

type Schemas = (typeof entities)[number];

/**
 * The tables as Kysely knows them: what a row holds, and what a statement may say of each column.
 */
export type Tables = {
  [Table in Schemas['tableName']]: TableOf<Extract<Schemas, { tableName: Table }>>;
};

type TableOf<Schema extends EntitySchemaWithMeta> = {
  [Property in keyof Columns<Schema> & string as SnakeCase<Property>]: Column<
    Columns<Schema>[Property],
    InferEntityProperties<Schema>[Property]
  >;
};
type Columns<Schema extends EntitySchemaWithMeta> = InferKyselyTable<
  Schema,
  { columnNamingStrategy: 'property' }
>;
type Column<Value, Property> = Property extends Derived
  ? GeneratedAlways<SelectType<Value>>
  : NonNullable<SelectType<Value>> extends Plain
    ? Value
    : Document<Value>;

/** Values that the driver sends as they are; everything else is a document, sent as JSON text. */
type Plain = string | number | boolean | Date | readonly string[];
type Document<Value> = ColumnType<
  SelectType<Value>,
  string | Extract<InsertType<Value>, null | undefined>,
  string | Extract<UpdateType<Value>, null>
>;

/** Every table but `tenants` carries its tenant in front. */
export type TenantTable = Exclude<keyof Tables, 'tenants'>;
