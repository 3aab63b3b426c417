import type { MemberRow, TeamRow } from '../../directory/index.ts';
import { tagType } from '../schema/node.ts';

/** The tie between a member or team and its account at a provider, apart from the row that it is kept in. */
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
