import type { Guard } from '../tables/store.ts';

/** The rows that a caller was judged by, as they were: xmin changes with every change of a row. */
export interface ProvenRows {
  tenantId: string;
  credentialId: string;
  /** The provider at whose door a person's token was used. */
  at: string | null;
  mark: string;
  /** The secret of a provider stands on no person. */
  isOfProvider: boolean;
}

/**
 * The rows that the caller was judged by have changed. Nothing was done; who calls is asked anew.
 */
export class CallerChanged extends Error {
  constructor() {
    super('What the caller was recognized by has changed.');
  }
}

/**
 * The mark of the rows that a credential stands on; `c`, `m`, `r` and `p` as in authenticate.ts.
 */
export const MARK = `concat(c.xmin, ' ', m.xmin, ' ', r.xmin, ' ', p.xmin)`;

/**
 * That a remembered caller is still who it was: the guard of every statement of its session until
 * the first one is answered. The rows are compared in the statement that does the work, so that a
 * revoked, expired, disabled or weakened credential counts from the next request on.
 */
export class CallerProof implements Guard {
  readonly #rows: ProvenRows;
  #held: boolean | null = null;

  constructor(rows: ProvenRows) {
    this.#rows = rows;
  }

  get holds(): boolean {
    if (this.#held === false) throw new CallerChanged();
    return this.#held === true;
  }

  condition(first: number): { sql: string; values: readonly unknown[] } {
    const { tenantId, credentialId, at, mark, isOfProvider } = this.#rows;
    const key = `${first} ${isOfProvider}`;
    let sql = conditions.get(key);
    if (sql === undefined)
      conditions.set(key, (sql = (isOfProvider ? ofProvider : ofAnyone)(first)));
    return { sql, values: [tenantId, credentialId, mark, ...(isOfProvider ? [] : [at])] };
  }

  conclude(held: boolean): void {
    this.#held = held;
    if (!held) throw new CallerChanged();
  }
}

/** Written once for each number of values that a statement has of its own. */
const conditions = new Map<string, string>();

/** The rows of a provider's secret; `$n` is the tenant, then the credential and the mark. */
const ofProvider = (n: number): string =>
  `exists (select from credentials c join identity_providers p
    on p.tenant_id = $${n}::uuid and p.id = c.provider_id and p.deleted_at is null
    where ${isAlive(n)} and concat(c.xmin, '   ', p.xmin) = $${n + 2}::text)`;

/** The same of any credential; behind them the provider at whose door it is used. */
const ofAnyone = (n: number): string =>
  `exists (select from credentials c
    left join members m on m.tenant_id = $${n}::uuid
      and m.id = case when c.member_id is null then c.owner_id else c.member_id end
    left join roles r on r.tenant_id = $${n}::uuid and r.id = m.role_id
    left join identity_providers p on p.tenant_id = $${n}::uuid
      and p.id = case when c.provider_id is null then $${n + 3}::uuid else c.provider_id end
      and p.deleted_at is null
    where ${isAlive(n)} and ${MARK} = $${n + 2}::text)`;

const isAlive = (n: number): string =>
  `c.tenant_id = $${n}::uuid and c.id = $${n + 1}::uuid and c.revoked_at is null
    and (c.expires_at is null or c.expires_at > now())`;
