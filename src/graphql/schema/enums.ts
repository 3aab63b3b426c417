import { registerEnumType } from 'type-graphql';
import type {
  Origin as From,
  Outcome as Ending,
  Permission as Permitted,
} from '../../directory/index.ts';
import type { ErrorCode as Code } from '../errors.ts';

/** An enum, each value with its description. A value that the directory knows does not compile until it is described. */
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

export const ErrorCode = words<Code>('ErrorCode', 'Every stable error reason of this API.', {
  PROVISIONED_READ_ONLY: 'The object is owned by a provider whose provisioning is on.',
  MANUAL_MEMBER_IN_PROVISIONED_TEAM: 'The team is provisioned and the member is not.',
  ROLE_LOCKED: 'The role is locked.',
  ROLE_RULED: 'The role is decided by the rules; lock it to set it by hand.',
  ALREADY_TAKEN: 'The value is taken inside this tenant.',
  INVALID: 'The value is not acceptable.',
  NOT_FOUND: 'No such object, or not visible to this viewer.',
  FORBIDDEN: 'The viewer lacks the permission.',
  STALE_VERSION: 'Somebody changed the object since `expectedVersion`.',
  FEATURE_OFF: 'The provider has this operation switched off.',
  LAST_OWNER: 'The last person able to administer this tenant would be lost.',
});

export const Permission = words<Permitted>('Permission', 'Permissions of the API.', {
  DIRECTORY_READ: 'Read the directory.',
  DIRECTORY_WRITE: 'Change members and teams.',
  ROLE_ADMIN: 'Change roles, mappings and locks.',
  PROVISIONING_ADMIN: 'Manage identity providers and credentials.',
  SCIM_INTEGRATE: 'Use the SCIM endpoint.',
  AUDIT_READ: 'Read audit and reports.',
  TENANT_ADMIN: 'Administer child tenants.',
});

export const Origin = words<From>('Origin', 'Where a thing came from.', {
  MANUAL: 'Made here.',
  SCIM: 'Made by a provider over SCIM.',
  IMPORT: 'Imported from a provider.',
  JIT: 'Signed in before it was provisioned.',
});

export const Outcome = words<Ending>('Outcome', 'Outcomes.', {
  SUCCESS: 'Done.',
  FAILURE: 'Failed.',
  SKIPPED: 'Nothing to do.',
});

export type DirectionWord = 'ASC' | 'DESC';
export const OrderDirection = words<DirectionWord>('OrderDirection', 'Directions.', {
  ASC: 'Up.',
  DESC: 'Down.',
});
