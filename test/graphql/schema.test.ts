import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLArgument,
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

  test('describes every type, field, argument and value in more than a word or two', () => {
    const described = [...descriptions(buildSchema(readFileSync(emitted, 'utf8')))];
    expect(described.length).toBeGreaterThan(900);
    expect(described.filter(([, text]) => wordsIn(text) < LEAST_WORDS)).toEqual([]);
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

/** Fewer say the name of the thing again. */
const LEAST_WORDS = 3;
const wordsIn = (text: string): number => text.split(/\s+/).filter(word => word !== '').length;

type Described = [place: string, description: string];

function* descriptions(schema: GraphQLSchema): Generator<Described> {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || isSpecifiedScalarType(type)) continue;
    yield [type.name, type.description ?? ''];
    yield* descriptionsIn(type);
  }
  for (const directive of schema.getDirectives()) {
    yield [`@${directive.name}`, directive.description ?? ''];
    yield* argumentsIn(`@${directive.name}`, directive.args);
  }
}

function* descriptionsIn(type: GraphQLNamedType): Generator<Described> {
  if (isEnumType(type))
    for (const value of type.getValues())
      yield [`${type.name}.${value.name}`, value.description ?? ''];
  if (isInputObjectType(type))
    for (const field of Object.values(type.getFields()))
      yield [`${type.name}.${field.name}`, field.description ?? ''];
  if (!isObjectType(type) && !isInterfaceType(type)) return;
  for (const field of Object.values(type.getFields())) {
    yield [`${type.name}.${field.name}`, field.description ?? ''];
    yield* argumentsIn(`${type.name}.${field.name}`, field.args);
  }
}

function* argumentsIn(of: string, args: readonly GraphQLArgument[]): Generator<Described> {
  for (const argument of args) yield [`${of}(${argument.name})`, argument.description ?? ''];
}
