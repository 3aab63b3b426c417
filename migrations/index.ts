import type { Migration } from '@mikro-orm/migrations';

type Step = new (...given: ConstructorParameters<typeof Migration>) => Migration;

/**
 * Every step of the tables, in order. Named here, not found by a pattern, so that a build and a test run the same ones; loaded only
 * when one has still to be taken, so that a start that finds them all taken is quick.
 */
export const steps: Readonly<Record<string, () => Promise<Step>>> = {
  '0001-the-directory': async () => (await import('./0001-the-directory.ts')).TheDirectory,
  '0002-every-address': async () => (await import('./0002-every-address.ts')).EveryAddress,
  '0003-link-authority': async () => (await import('./0003-link-authority.ts')).LinkAuthority,
  '0004-credentials-and-sign-ins': async () =>
    (await import('./0004-credentials-and-sign-ins.ts')).CredentialsAndSignIns,
  '0005-the-delta': async () => (await import('./0005-the-delta.ts')).TheDelta,
  '0006-what-providers-said': async () =>
    (await import('./0006-what-providers-said.ts')).WhatProvidersSaid,
  '0007-kept-for-a-while': async () => (await import('./0007-kept-for-a-while.ts')).KeptForAWhile,
  '0008-proven-tenants': async () => (await import('./0008-proven-tenants.ts')).ProvenTenants,
  '0009-one-folding': async () => (await import('./0009-one-folding.ts')).OneFolding,
  '0010-promised-links': async () => (await import('./0010-promised-links.ts')).PromisedLinks,
  '0011-the-log-by-months': async () =>
    (await import('./0011-the-log-by-months.ts')).TheLogByMonths,
  '0012-no-guess-by-tenant': async () =>
    (await import('./0012-no-guess-by-tenant.ts')).NoGuessByTenant,
  '0013-parents-by-name': async () => (await import('./0013-parents-by-name.ts')).ParentsByName,
  '0014-what-describes-a-person': async () =>
    (await import('./0014-what-describes-a-person.ts')).WhatDescribesAPerson,
  '0015-proofs-by-look-up': async () =>
    (await import('./0015-proofs-by-look-up.ts')).ProofsByLookUp,
  '0016-fair-locks': async () => (await import('./0016-fair-locks.ts')).FairLocks,
  '0017-exchanges-by-day': async () => (await import('./0017-exchanges-by-day.ts')).ExchangesByDay,
};
