import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { EDITABLE_NAMES } from '../../src/directory/members/attributes.ts';
import { schemaText } from '../../src/graphql/index.ts';

const emitted = new URL('../../schema/directory.graphql', import.meta.url);

describe('the schema', () => {
  test('stands in schema/directory.graphql as it is served (npm run schema writes it)', () => {
    expect(readFileSync(emitted, 'utf8')).toBe(schemaText());
  });

  test('lets people say every attribute that can be edited', () => {
    const input = buildSchema(schemaText()).getType('MemberUpdateInput');
    expect(isInputObjectType(input) && Object.keys(input.getFields())).toEqual(
      expect.arrayContaining(EDITABLE_NAMES),
    );
  });

  test('describes every type, field, argument and value', () => {
    expect([...undescribed(buildSchema(readFileSync(emitted, 'utf8')))]).toEqual([]);
  });

  test('takes one input for each mutation, and says why it did not do it', () => {
    const schema = buildSchema(schemaText());
    for (const mutation of Object.values(schema.getMutationType()!.getFields())) {
      expect(
        mutation.args.map(({ name }) => name),
        mutation.name,
      ).toEqual(['input']);
      expect(String(mutation.type), mutation.name).toMatch(/Payload!$/);
      const payload = schema.getType(String(mutation.type).slice(0, -1));
      expect(
        isObjectType(payload) && String(payload.getFields()['userErrors']?.type),
        mutation.name,
      ).toBe('[UserError!]!');
    }
  });

  test('lists are pages, and pages are connections', () => {
    const schema = buildSchema(schemaText());
    for (const type of Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .filter(({ name }) => name.endsWith('Connection'))) {
      expect(Object.keys(type.getFields()).toSorted(), type.name).toEqual([
        'edges',
        'nodes',
        'pageInfo',
        'totalCount',
      ]);
    }
  });
});

function* undescribed(schema: GraphQLSchema): Generator<string> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || isSpecifiedScalarType(type)) continue;
    if (!type.description) yield type.name;
    yield* undescribedIn(type);
  }
}

function* undescribedIn(type: GraphQLNamedType): Generator<string> {
  if (isEnumType(type))
    for (const value of type.getValues())
      if (!value.description) yield `${type.name}.${value.name}`;
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields()))
      if (!field.description) yield `${type.name}.${field.name}`;
  if (!isObjectType(type) && !isInterfaceType(type)) return;
  for (const field of Object.values(type.getFields())) {
    if (!field.description) yield `${type.name}.${field.name}`;
    for (const argument of field.args)
      if (!argument.description) yield `${type.name}.${field.name}(${argument.name})`;
  }
}
