import {
  GraphQLError,
  GraphQLScalarType,
  Kind,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';

const INSTANT = /^(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** Serialized in UTC, whatever offset it was parsed with. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  description: 'An instant in time as in RFC 3339. Answers are in UTC; inputs may have any offset.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: value =>
    (value instanceof Date ? value : new Date(value as string | number)).toISOString(),
  parseValue: instant,
  parseLiteral: node => instant(text(node)),
});

export const Json = new GraphQLScalarType({
  name: 'JSON',
  description:
    "A JSON value, used only where the shape is the other party's (raw SCIM bodies, directory " +
    'attributes).',
  serialize: value => value,
  parseValue: value => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});

/**
 * Parses any text. The form is checked with the input, so that a mistake becomes a `userErrors`
 * entry with its path.
 */
export const EmailAddress = new GraphQLScalarType<string, string>({
  name: 'EmailAddress',
  description: 'An e-mail address, compared whatever its case.',
  serialize: value => String(value),
  parseValue: value => string(value),
  parseLiteral: node => string(text(node)),
});

export const Url = new GraphQLScalarType<string, string>({
  name: 'URL',
  description: 'An absolute URL: https, http or urn, at most 2,000 characters.',
  serialize: value => String(value),
  parseValue: value => string(value),
  parseLiteral: node => string(text(node)),
});

function instant(value: unknown): Date {
  const [raw, day] = typeof value === 'string' ? (INSTANT.exec(value) ?? []) : [];
  const time = new Date(raw ?? NaN);
  if (
    Number.isNaN(time.getTime()) ||
    !isDay(day as string) ||
    !/^(?!0000)\d{4}-/.test(time.toISOString())
  )
    throw new GraphQLError('An instant is written like 2031-05-17T09:30:00Z.');
  return time;
}

/** `new Date` would turn the 30th of February into the 1st of March. */
const isDay = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);

function string(value: unknown): string {
  if (typeof value !== 'string') throw new GraphQLError('This must be a text.');
  return value;
}

function text(node: ValueNode): string | null {
  return node.kind === Kind.STRING ? node.value : null;
}
