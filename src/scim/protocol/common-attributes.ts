import type { Attribute, AttributeType } from './schema.ts';

const readOnly = (
  name: string,
  type: AttributeType,
  caseExact: boolean,
  description: string,
): Attribute => ({
  name,
  type,
  caseExact,
  description,
  multiValued: false,
  required: false,
  mutability: 'readOnly',
  returned: 'default',
  uniqueness: 'none',
});

/** RFC 7643 section 3.1: present in every resource, whichever schemas it names. */
export const commonAttributes: readonly Attribute[] = [
  {
    ...readOnly('schemas', 'reference', false, 'The schemas of this resource.'),
    multiValued: true,
    required: true,
    returned: 'always',
  },
  {
    ...readOnly('id', 'string', true, 'The identifier made here.'),
    returned: 'always',
    uniqueness: 'server',
  },
  {
    ...readOnly('externalId', 'string', true, "The client's identifier."),
    mutability: 'readWrite',
  },
  {
    ...readOnly('meta', 'complex', false, 'About the resource.'),
    subAttributes: [
      readOnly('resourceType', 'string', true, 'The name of the resource type.'),
      readOnly('created', 'dateTime', false, 'When it was made.'),
      readOnly('lastModified', 'dateTime', false, 'When it last changed.'),
      readOnly('location', 'reference', true, 'Its address.'),
      readOnly('version', 'string', true, 'Its entity tag.'),
    ],
  },
];
