import { isSame } from '../text/index.ts';
import type { ProvisioningState } from './identity-providers/identity-provider.ts';
import { Refusal } from './refusal.ts';

/** Where a member, a team or a membership first came from. Never changes. */
export const ORIGINS = ['MANUAL', 'SCIM', 'IMPORT', 'JIT'] as const;
export type Origin = (typeof ORIGINS)[number];

/** The columns of a member or team that the rules of provenance read. */
export interface Provenanced {
  origin: Origin;
  providerId: string | null;
}
/** The columns of its provider that the rules of provenance read. */
export interface Owner {
  id: string;
  name: string;
  provisioning: ProvisioningState;
}

/** Managed: linked to a provider whose provisioning is not OFF. Asked each time, stored nowhere. */
export function isManaged(thing: Provenanced, owner: Owner | null): owner is Owner {
  return (
    thing.providerId !== null &&
    owner !== null &&
    owner.id === thing.providerId &&
    owner.provisioning !== 'OFF'
  );
}

/** Detached: it came from a provider, and its link was cut here. */
export function isDetached(thing: Provenanced): boolean {
  return thing.origin !== 'MANUAL' && thing.providerId === null;
}

/**
 * Rule 1: what a provider manages is changed at the provider. A provider itself may change what is
 * linked to it.
 */
export function assertMayEdit(
  thing: Provenanced,
  owner: Owner | null,
  fields: string[],
  asProvider: string | null,
): void {
  if (!isManaged(thing, owner) || asProvider === owner.id) return;
  const message =
    fields[0] === 'existence'
      ? `This comes from ${owner.name} and can only be deleted there.`
      : `${fields.map(field => `\`${field}\``).join(', ')} ${fields.length === 1 ? 'is' : 'are'} ` +
        `managed by ${owner.name} and can only be changed there.`;
  throw new Refusal('provisioned-read-only', message, {
    field: fields.slice(0, 1),
    providerId: owner.id,
    readOnlyFields: fields,
  });
}

/** Rule 1 for membership: who is in a managed team is for its provider to say. */
export function assertMayChangeMembership(
  team: Provenanced,
  owner: Owner | null,
  asProvider: string | null,
): void {
  if (!isManaged(team, owner) || asProvider === owner.id) return;
  throw new Refusal(
    'provisioned-read-only',
    `The members of this team are managed by ${owner.name} and can only be changed there.`,
    {
      field: ['memberIds'],
      providerId: owner.id,
      readOnlyFields: ['members'],
    },
  );
}

/** Rule 3: a member that is not linked to a managed team's provider cannot be in that team. */
export function assertMayJoin(
  members: readonly (Provenanced & { id: string; displayName: string })[],
  team: Provenanced,
  owner: Owner | null,
): void {
  if (!isManaged(team, owner)) return;
  const strangers = members.filter(member => member.providerId !== owner.id);
  if (strangers.length === 0) return;
  throw new Refusal(
    'manual-member-in-provisioned-team',
    `This team is managed by ${owner.name}; only members that come from there can be in it.`,
    {
      field: ['memberIds'],
      providerId: owner.id,
      objectIds: strangers.map(({ id }) => id),
      names: strangers.map(({ displayName }) => displayName),
    },
  );
}

/**
 * By hand counts, except for a member that a provider made and still manages: there the rules
 * decide (rules 12 and 15).
 */
export function manualRoleApplies(member: Provenanced, owner: Owner | null): boolean {
  return member.origin === 'MANUAL' || !isManaged(member, owner);
}

/**
 * Rule 6 cuts the link for another name. The same one in other letters is still found by its
 * provider: cutting it would make a second person.
 */
export const isDifferentName = (wanted: string, present: string): boolean =>
  !isSame(wanted, present);
