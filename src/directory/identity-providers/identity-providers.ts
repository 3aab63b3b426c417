import type { PageRequest } from '../paging/page.ts';
import type { Session } from '../session.ts';
import { activityOfProviders, providersWhoCreated } from './activity-rows.ts';
import { create, type NewProvider } from './create.ts';
import {
  allProviders,
  countProviders,
  pageOfProviders,
  type ProviderRow,
  providersByIds,
} from './provider-rows.ts';
import { remove } from './remove.ts';
import { replace, rotate } from './rotate.ts';
import { type ProviderEdit, update } from './update.ts';

/** The systems that identities of one tenant come from. */
export class IdentityProviders {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  all() {
    return allProviders(this.#session);
  }
  page(request?: PageRequest) {
    return pageOfProviders(this.#session, request);
  }
  count() {
    return countProviders(this.#session);
  }
  byIds(ids: readonly string[]) {
    return providersByIds(this.#session, ids);
  }
  async get(id: string): Promise<ProviderRow | null> {
    const [provider] = await this.byIds([id]);
    return provider && provider.deletedAt === null ? provider : null;
  }

  activity(ids: readonly string[]) {
    return activityOfProviders(this.#session, ids);
  }
  whoCreated() {
    return providersWhoCreated(this.#session);
  }

  create(facts: NewProvider) {
    return create(this.#session, facts);
  }
  update(id: string, edit: ProviderEdit) {
    return update(this.#session, id, edit);
  }
  rotate(
    id: string,
    how?: { overlapHours?: number | null | undefined; expiresAt?: Date | null | undefined },
  ) {
    return rotate(this.#session, id, how);
  }
  remove(id: string, name: string) {
    return remove(this.#session, id, name);
  }
  replace(id: string) {
    return replace(this.#session, id);
  }
}
