import { ScimError } from './error.ts';

export const SCIM_MEDIA = 'application/scim+json';

/**
 * RFC 7644 section 3.1: application/scim+json must be accepted, application/json should; the text
 * is UTF-8.
 */
export function assertScimBody(contentType: string | undefined): void {
  const [media, ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map(part => part.trim());
  if (media !== SCIM_MEDIA && media !== 'application/json')
    throw new ScimError(415, `Send the body as ${SCIM_MEDIA}.`);
  const charset = parameters
    .find(each => each.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw new ScimError(415, 'Send the body in UTF-8.');
}
