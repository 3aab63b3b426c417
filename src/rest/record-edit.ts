import type { Directory } from '../directory/index.ts';
import { malformed } from './errors.ts';
import type { ProviderRecord } from './record.ts';

type ProviderEdit = Parameters<Directory['identityProviders']['update']>[1];

/** The fields that may be changed through a record, and their types. */
const editable = {
  name: 'string',
  is_active: 'boolean',
  scim_integration: 'boolean',
  evict_manual_members: 'boolean',
} as const;
type Editable = keyof typeof editable;
const types = { string: 'a text', boolean: 'true or false' };

/**
 * Addresses of this service, which follow from the other fields: any value that a record had before
 * is accepted and ignored.
 */
const derived = new Set(['login_url', 'acs_url', 'scim_url']);

export type RecordEdit = Readonly<Record<string, unknown>>;

export function readEdit(body: unknown): RecordEdit {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw malformed('The body must be a JSON object.');
  for (const [name, value] of Object.entries(body)) {
    if (!isEditable(name)) continue;
    if (typeof value !== editable[name])
      throw malformed(`\`${name}\` must be ${types[editable[name]]}.`);
    if (typeof value === 'string' && !value.isWellFormed())
      throw malformed(`\`${name}\` is not well-formed text.`);
  }
  return body as RecordEdit;
}

/**
 * The edit for the directory. A whole record may be sent back: fields that cannot be changed are
 * only compared. A field that no record has is refused, since a misspelt switch must not look as if
 * it had taken effect.
 */
export function editOf(edit: RecordEdit, record: ProviderRecord): ProviderEdit {
  for (const [name, value] of Object.entries(edit)) {
    if (isEditable(name)) continue;
    if (!Object.hasOwn(record, name))
      throw malformed(`A record has no field \`${name.slice(0, 100)}\`.`);
    if (!derived.has(name) && value !== record[name as keyof ProviderRecord])
      throw malformed(`\`${name}\` cannot be changed here.`);
  }
  const {
    name,
    is_active: isActive,
    scim_integration: integrated,
    evict_manual_members: evictManualMembers,
  } = edit as { name?: string } & Partial<Record<Exclude<Editable, 'name'>, boolean>>;
  // Paused counts as integrated: saying so again does not resume it.
  const provisioning =
    integrated === undefined || integrated === record.scim_integration
      ? undefined
      : integrated
        ? 'ON'
        : 'OFF';
  return { name, isActive, provisioning, evictManualMembers };
}

const isEditable = (name: string): name is Editable => Object.hasOwn(editable, name);
