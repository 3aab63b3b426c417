import { registerEnumType } from 'type-graphql';
import type {
  Origin as From,
  Outcome as Ending,
  Permission as Permitted,
} from '../../directory/index.ts';
import type { ErrorCode as Code } from '../errors.ts';

/**
 * An enum, each value with its description. A value that the directory knows does not compile until
 * it is described.
 */
export function words<Word extends string>(
  name: string,
  description: string,
  meanings: Record<Word, string>,
): { readonly [W in Word]: W } {
  const known = Object.keys(meanings) as Word[];
  const values = Object.fromEntries(known.map(word => [word, word])) as { [W in Word]: W };
  const valuesConfig = Object.fromEntries(
    known.map(word => [word, { description: meanings[word] }]),
  ) as { [W in Word]: { description: string } };
  registerEnumType(values, { name, description, valuesConfig });
  return values;
}

export const ErrorCode = words<Code>(
  'ErrorCode',
  'The reasons that errors of this API name; they stay the same.',
  {
    PROVISIONED_READ_ONLY: 'The object is owned by a provider whose provisioning is on.',
    MANUAL_MEMBER_IN_PROVISIONED_TEAM: 'The team is provisioned and the member is not.',
    ROLE_LOCKED: 'The role is locked; release the lock first.',
    ROLE_RULED: 'The role is decided by the rules; lock it to set it by hand.',
    ALREADY_TAKEN: 'Another object of this tenant holds the value.',
    INVALID: 'The value cannot be accepted; the message says why.',
    NOT_FOUND: 'There is no such object, or the viewer may not see it.',
    FORBIDDEN: 'The viewer lacks a permission that this needs.',
    STALE_VERSION: 'The object changed since `expectedVersion`, or the plan since `expectedPlan`.',
    FEATURE_OFF: 'The provider has this operation, or its provisioning, switched off.',
    LAST_OWNER: 'The tenant would be left without an active owner.',
  },
);

export const Permission = words<Permitted>('Permission', 'What a role or a token permits.', {
  DIRECTORY_READ: 'Read members, teams, roles and providers.',
  DIRECTORY_WRITE: 'Invite and change members, make and change teams.',
  ROLE_ADMIN: 'Change roles, mappings and locks, and make service tokens.',
  PROVISIONING_ADMIN: 'Manage identity providers, their secrets and conflicts.',
  SCIM_INTEGRATE: 'Use the SCIM endpoint of a provider.',
  AUDIT_READ: 'Read the audit log, the report, and what others did.',
  TENANT_ADMIN: 'Administer this tenant and its child tenants.',
});

export const Origin = words<From>('Origin', 'Where a thing came from.', {
  MANUAL: 'Made by a person here.',
  SCIM: 'Made by a provider over SCIM.',
  IMPORT: 'Imported from a provider.',
  JIT: 'Signed in before it was provisioned.',
});

export const Outcome = words<Ending>('Outcome', 'How an attempt ended.', {
  SUCCESS: 'It was done and committed.',
  FAILURE: 'It was refused, and nothing was changed.',
  SKIPPED: 'There was nothing to do.',
});

export type DirectionWord = 'ASC' | 'DESC';
export const OrderDirection = words<DirectionWord>(
  'OrderDirection',
  'Which end of an order comes first.',
  {
    ASC: 'Ascending: the smallest, earliest or first in the alphabet comes first.',
    DESC: 'Descending: the largest, latest or last in the alphabet comes first.',
  },
);
