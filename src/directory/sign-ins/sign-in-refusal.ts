import { defineEntity, p } from '@mikro-orm/postgresql';
import * as column from '../tables/columns.ts';

/** Why a sign-in that names a member is not accepted. */
export const SIGN_IN_REFUSALS = ['TAKEN', 'AMBIGUOUS', 'UNVERIFIED', 'ADMINISTERING'] as const;
export type SignInRefusalReason = (typeof SIGN_IN_REFUSALS)[number];

/**
 * A refused sign-in that an administrator was told of, so that the next one of the same kind is not
 * told again at once.
 */
export const SignInRefusalSchema = defineEntity({
  name: 'SignInRefusal',
  tableName: 'sign_in_refusals',
  properties: {
    tenantId: column.tenantId(),
    issuer: p.text().primary(),
    subject: p.text().primary(),
    reason: p.text().$type<SignInRefusalReason>().primary(),
    claimed: p.text(),
    toldAt: column.now(),
  },
  indexes: [{ name: 'sign_in_refusals_told_idx', properties: ['tenantId', 'toldAt'] }],
});
