import { EventEmitter, once } from 'node:events';
import type { Person } from '../support/person.ts';

let named = 0;

/**
 * Some who make teams one after the other, come what may, and remember what they were told. They
 * end when nobody answers any more.
 */
export class Writers {
  readonly acknowledged: string[] = [];
  readonly statuses = new Set<number>();
  readonly #news = new EventEmitter().setMaxListeners(0);
  readonly #going: Promise<unknown>;
  #stopped = false;

  constructor(owner: Person, many: number) {
    this.#going = Promise.all(Array.from({ length: many }, () => this.#write(owner)));
    this.#going.then(
      () => this.#news.emit('error', new Error('Nobody answers any more.')),
      (fault: unknown) => this.#news.emit('error', fault),
    );
    this.#news.on('error', () => {}); // heard by whoever waits
  }

  /** Waits until so many more changes have been acknowledged from now on. */
  async acknowledging(more: number): Promise<void> {
    for (const enough = this.acknowledged.length + more; this.acknowledged.length < enough;)
      await once(this.#news, 'acknowledged');
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#going;
  }

  async #write(owner: Person): Promise<void> {
    while (!this.#stopped) {
      const asking = owner.graphql(
        'mutation ($input: TeamCreateInput!) { teamCreate(input: $input) { team { id } userErrors { code } } }',
        { input: { name: `written ${++named}` } },
      );
      const answer = await asking.catch(() => null);
      if (!answer) return;
      this.statuses.add(answer.status);
      const made = answer.data?.['teamCreate'] as
        { team: { id: string } | null } | null | undefined;
      if (!made?.team) continue;
      this.acknowledged.push(made.team.id);
      this.#news.emit('acknowledged');
    }
  }
}
