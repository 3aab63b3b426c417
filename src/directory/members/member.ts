import { defineEntity, p } from '@mikro-orm/postgresql';
import type { ActorRecord, Permission } from '../actor.ts';
import { ORIGINS, type Origin } from '../provenance.ts';
import * as column from '../tables/columns.ts';

export const MEMBER_STATES = ['INVITED', 'ACTIVE', 'DISABLED', 'DELETED'] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

/**
 * Attributes that a provider pushed and that have no column here, under their own names. Returned
 * as they were sent.
 */
export type Profile = Record<string, unknown>;

/**
 * A person in one tenant. The link to a provider's account is `providerId` + `externalId` (`linkId`
 * names it); whether the member is managed is never stored: it follows from the provider's state
 * when asked.
 */
export const MemberSchema = defineEntity({
  name: 'Member',
  tableName: 'members',
  properties: {
    tenantId: column.tenantId(),
    id: column.id(),
    userName: p.text(),
    userNameKey: column.folded('user_name'),
    email: p.text().nullable(),
    emailKey: column.foldedOrNull('email'),
    givenName: p.text().nullable(),
    familyName: p.text().nullable(),
    displayName: p.text(),
    displayNameKey: column.folded('display_name'),
    searchText: column.caseFolded(
      `display_name || chr(10) || user_name || chr(10) || coalesce(email, '')`,
    ),
    title: p.text().nullable(),
    titleKey: column.foldedOrNull('title'),
    department: p.text().nullable(),
    departmentKey: column.foldedOrNull('department'),
    employeeNumber: p.text().nullable(),
    employeeNumberKey: column.foldedOrNull('employee_number'),
    managerId: p.uuid().nullable(),
    phoneNumber: p.text().nullable(),
    locale: p.text().nullable(),
    state: p.text().$type<MemberState>().default('ACTIVE'),
    stateBefore: p.text().$type<MemberState>().nullable(),
    deletedAt: column.instant().nullable(),
    deletedFrom: p.text().$type<MemberState>().nullable(),
    deletedByProviderId: p.uuid().nullable(),
    teamsBefore: p.json<{ teamId: string; origin: Origin }[]>().nullable(),
    origin: p.text().$type<Origin>().default('MANUAL'),
    originProviderId: p.uuid().nullable(),
    providerId: p.uuid().nullable(),
    externalId: p.text().nullable(),
    linkId: p.uuid().nullable(),
    linkAuthority: column.texts<Permission>(),
    profile: p.json<Profile>().defaultRaw(`'{}'::jsonb`),
    pushedRoles: column.texts(),
    roleId: p.uuid(),
    handRoleId: p.uuid().nullable(),
    roleLocked: p.boolean().default(false),
    lockReason: p.text().nullable(),
    lockedBy: p.json<ActorRecord>().nullable(),
    lockedAt: column.instant().nullable(),
    lockExpiresAt: column.instant().nullable(),
    version: column.version(),
    createdAt: column.now(),
    updatedAt: column.now(),
  },
  indexes: [
    { name: 'members_user_name_idx', properties: ['tenantId', 'userNameKey', 'id'] },
    { name: 'members_email_idx', properties: ['tenantId', 'emailKey', 'id'] },
    { name: 'members_display_name_idx', properties: ['tenantId', 'displayNameKey', 'id'] },
    {
      name: 'members_title_idx',
      properties: ['tenantId', 'titleKey'],
      where: 'title_key is not null',
    },
    { name: 'members_department_idx', properties: ['tenantId', 'departmentKey', 'id'] },
    {
      name: 'members_employee_number_idx',
      properties: ['tenantId', 'employeeNumberKey'],
      where: 'employee_number_key is not null',
    },
    {
      name: 'members_manager_idx',
      properties: ['tenantId', 'managerId'],
      where: 'manager_id is not null',
    },
    { name: 'members_updated_idx', properties: ['tenantId', 'updatedAt', 'id'] },
    { name: 'members_role_idx', properties: ['tenantId', 'roleId', 'id'] },
    {
      name: 'members_provider_idx',
      properties: ['tenantId', 'providerId', 'id'],
      where: 'provider_id is not null',
    },
    {
      name: 'members_external_id_idx',
      properties: ['tenantId', 'providerId', 'externalId'],
      where: 'provider_id is not null',
    },
    { name: 'members_link_idx', properties: ['tenantId', 'linkId'], where: 'link_id is not null' },
    {
      name: 'members_state_idx',
      properties: ['tenantId', 'state', 'id'],
      where: `state <> 'ACTIVE'`,
    },
    { name: 'members_locked_idx', properties: ['tenantId', 'id'], where: 'role_locked' },
    {
      name: 'members_purge_idx',
      properties: ['tenantId', 'deletedAt'],
      where: 'deleted_at is not null',
    },
    {
      name: 'members_lock_expiry_idx',
      properties: ['tenantId', 'lockExpiresAt'],
      where: 'lock_expires_at is not null',
    },
  ],
  // Substring search (`members_search_idx`, trigrams) is made by the migration: MikroORM has no
  // word for its operator class.
  uniques: [
    // Deleted and detached members never stand in a provider's way.
    {
      name: 'members_user_name_key',
      properties: ['tenantId', 'userNameKey'],
      where: `state <> 'DELETED' and (origin = 'MANUAL' or provider_id is not null)`,
    },
    // Providers may repeat an address (it is theirs to answer for); what people make by hand may
    // not.
    {
      name: 'members_email_key',
      properties: ['tenantId', 'emailKey'],
      where: `state <> 'DELETED' and origin = 'MANUAL'`,
    },
  ],
  checks: [
    column.oneOf('members_state_known', 'state', MEMBER_STATES),
    column.oneOf('members_origin_known', 'origin', ORIGINS),
  ],
});
