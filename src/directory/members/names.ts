import { trim } from '../../text/index.ts';
import { isAddress } from '../tables/text.ts';

interface Named {
  userName: string;
  givenName?: string | null;
  familyName?: string | null;
}

/** The name to show of somebody who has given none: the names, else the user name. */
export function displayNameOf({ givenName, familyName, userName }: Named): string {
  return [givenName, familyName].filter(Boolean).join(' ') || userName;
}

/** The address that a text is, without the white space around it; what is none gives none. */
export function addressOf(text: string): string | null {
  const address = trim(text);
  return isAddress(address) ? address : null;
}
