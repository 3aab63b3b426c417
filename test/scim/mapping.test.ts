import { expect, test } from 'vitest';
import { shapesOf } from '../../src/scim/schemas.ts';
import { mapped } from '../../src/scim/users/mapping.ts';

test.each(Object.keys(mapped))(
  '%s has a column, and is an attribute that /Schemas declares',
  path => {
    const on = shapesOf([]).user.attribute(path);
    expect(on?.sub?.type ?? on?.attribute.type).toBe(path === 'active' ? 'boolean' : 'string');
  },
);
