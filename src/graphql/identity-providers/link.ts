import type { MemberRow, TeamRow } from '../../directory/index.ts';
import { tagType } from '../schema/node.ts';

/**
 * The link of a member or team to its account at a provider. It is kept in the row of its holder.
 */
export interface LinkSource {
  id: string;
  holder: MemberRow | TeamRow;
  providerId: string;
  externalId: string | null;
}

export function linkOf(holder: MemberRow | TeamRow | null): LinkSource | null {
  if (!holder || holder.providerId === null || holder.linkId === null) return null;
  const { linkId, providerId, externalId } = holder;
  return tagType('ProviderLink', {
    id: linkId,
    holder,
    providerId,
    externalId,
  });
}
