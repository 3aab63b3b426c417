import type { ProvisioningState } from '../identity-providers/identity-provider.ts';
import { Refusal } from '../refusal.ts';
import { CONFLICT_CHOICES, type ConflictChoice } from './conflict-case.ts';

/** The name that a thing made by hand takes when it steps aside: readable, and nobody else's. */
export const aside = (name: string, id: string): string => `${name} (local ${id.slice(-6)})`;

interface Owner {
  name: string;
  provisioning: ProvisioningState;
}

/**
 * The choices that a person has for a candidate, as it is now. One that belongs to another provider
 * can only be moved, once that provider is off, or the case is rejected (rule 10): it is not
 * renamed here, and two providers never write the same object in turn.
 */
export function choicesFor(owner: Owner | null): readonly ConflictChoice[] {
  if (!owner) return CONFLICT_CHOICES;
  return owner.provisioning === 'OFF' ? ['LINK_KEEP', 'LINK_OVERWRITE', 'REJECT'] : ['REJECT'];
}

/** Refuses a choice that the candidate, as it is now, does not allow. */
export function assertPossible(choice: ConflictChoice, owner: Owner | null): void {
  if (!owner || choicesFor(owner).includes(choice)) return;
  throw new Refusal(
    'not-to-be-moved',
    choice === 'CREATE_NEW'
      ? `This comes from ${owner.name} and is not renamed for another provider: move it, or ` +
          'reject the case.'
      : `This is managed by ${owner.name}. It can be moved once provisioning from there is ` +
          'switched off; until then the case can only be rejected.',
    { field: ['choice'] },
  );
}
