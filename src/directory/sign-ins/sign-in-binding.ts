import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

/**
 * Which member a subject of an OpenID provider is: made by the first accepted sign-in, and
 * independent of names and addresses since.
 */
export const SignInBindingSchema = defineEntity({
  name: 'SignInBinding',
  tableName: 'sign_in_bindings',
  properties: {
    tenantId: column.tenantId(),
    issuer: p.text().primary(),
    subject: p.text().primary(),
    memberId: p.uuid(),
    boundAt: column.now(),
  },
  uniques: [
    { name: 'sign_in_bindings_member_key', properties: ['tenantId', 'memberId', 'issuer'] },
  ],
});
