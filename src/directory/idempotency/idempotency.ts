import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { PERMISSIONS } from '../actor.ts';
import { withoutSecrets } from '../credentials/secret.ts';
import { invalid, Refusal } from '../refusal.ts';
import type { Session } from '../session.ts';
import { type Answer, answerOf, keptForm } from './kept-form.ts';

interface Once {
  /** Does it. Refuses by throwing, so that nothing half done stays. */
  run: () => Promise<Answer>;
  /**
   * A refusal as an answer, which is then the first answer too. Without it a refusal is not
   * remembered.
   */
  refused?: (refusal: Refusal) => Answer;
}

const KEPT = sql`interval '24 hours'`;

/**
 * A mutation that carries a key happens once: the same key gives the first answer again, for a day.
 */
export class Idempotency {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * The work, its answer and the key are one change: whoever comes with the same key meanwhile
   * waits for it to end, and then gets its answer, or takes its place when it came to nothing.
   * Another request under the same key is refused.
   */
  async once(key: string, fingerprint: string, { run, refused }: Once): Promise<Answer> {
    if (key.length < 10 || key.length > 255 || key.includes('\0'))
      throw invalid('An idempotency key has 10 to 255 characters.', 'key');
    try {
      return await this.#first(key, fingerprint, run);
    } catch (error) {
      if (!(error instanceof Refusal) || error instanceof KeyTaken || !refused) throw error;
      return this.#first(key, fingerprint, async () => refused(error));
    }
  }

  /** Forgets answers that are older than a day. Returns how many. */
  async sweep(): Promise<number> {
    const { numDeletedRows } = await this.#session
      .deleting('idempotent_answers')
      .where(sql<boolean>`created_at < now() - ${KEPT}`)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  #first(key: string, fingerprint: string, run: () => Promise<Answer>): Promise<Answer> {
    return this.#session.change(async () => {
      const said = await this.#claim(key, fingerprint);
      return said ?? this.#keep(key, await run());
    });
  }

  /** Takes the key, waiting for whoever holds it. The first answer, when somebody was before us. */
  async #claim(key: string, fingerprint: string): Promise<Answer | null> {
    const { db, tenantId } = this.#session;
    const {
      rows: [taken],
    } = await sql`
      insert into idempotent_answers as a (tenant_id, actor_id, key, fingerprint)
      values (${tenantId}, ${this.#scope}, ${key}, ${fingerprint})
      on conflict (tenant_id, actor_id, key) do update set fingerprint = excluded.fingerprint,
      answer = null, created_at = now() where a.created_at < now() - ${KEPT}
      returning 1
    `.execute(db);
    if (taken) return null;
    const first = await this.#session
      .rows('idempotent_answers')
      .select(['fingerprint', 'answer'])
      .where('actor_id', '=', this.#scope)
      .where('key', '=', key)
      .executeTakeFirstOrThrow();
    if (first.fingerprint !== fingerprint) throw new KeyTaken();
    return answerOf(first.answer);
  }

  /** A secret is shown once: the answer that is given again does not hold it. */
  async #keep(key: string, answer: Answer): Promise<Answer> {
    await sql`
      update idempotent_answers set answer =
      ${withoutSecrets(JSON.stringify(keptForm(answer)))}::jsonb
      where tenant_id = ${this.#session.tenantId} and actor_id = ${this.#scope} and key = ${key}
    `.execute(this.#session.db);
    return answer;
  }

  /**
   * A key belongs to what its credential may do: the same person with another token, or with
   * another role since, has other keys. So an answer is given again only to whom every permission
   * that was asked for would be given again.
   */
  get #scope(): string {
    const { actor } = this.#session;
    const may = PERMISSIONS.filter(permission => actor.may(permission));
    const digest = createHash('sha256')
      .update(JSON.stringify([actor.tenantId, actor.account, actor.id, may]))
      .digest('hex');
    return [
      [0, 8],
      [8, 12],
      [12, 16],
      [16, 20],
      [20, 32],
    ]
      .map(([from, to]) => digest.slice(from, to))
      .join('-');
  }
}

class KeyTaken extends Refusal {
  constructor() {
    super('invalid', 'This idempotency key was used for another request.', { field: ['key'] });
  }
}
