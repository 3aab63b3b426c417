import { isAddress } from '../text.ts';

interface Named {
  userName: string;
  givenName?: string | null;
  familyName?: string | null;
}

/** The name to show of somebody who has given none: the names, else the user name. */
export function displayNameOf({ givenName, familyName, userName }: Named): string {
  return [givenName, familyName].filter(Boolean).join(' ') || userName;
}

/** The address of somebody who has given none: the user name, when it is one. */
export const addressOf = (userName: string): string | null =>
  isAddress(userName) ? userName : null;
