import type { Session } from '../session.ts';
import { create, type NewProvider, type ProviderEdit, replace, rotate, update } from './by-hand.ts';
import { remove } from './remove.ts';
import {
  allProviders,
  countProviders,
  pageOfProviders,
  type ProviderRow,
  providersByIds,
} from './provider-rows.ts';
import type { PageRequest } from '../paging.ts';

/** The systems that identities of one tenant come from. */
export class IdentityProviders {
  readonly #directory: Session;

  constructor(directory: Session) {
    this.#directory = directory;
  }

  all() {
    return allProviders(this.#directory);
  }
  page(request?: PageRequest) {
    return pageOfProviders(this.#directory, request);
  }
  count() {
    return countProviders(this.#directory);
  }
  byIds(ids: readonly string[]) {
    return providersByIds(this.#directory, ids);
  }
  async get(id: string): Promise<ProviderRow | null> {
    const [provider] = await this.byIds([id]);
    return provider && provider.deletedAt === null ? provider : null;
  }

  create(facts: NewProvider) {
    return create(this.#directory, facts);
  }
  update(id: string, edit: ProviderEdit) {
    return update(this.#directory, id, edit);
  }
  rotate(
    id: string,
    how?: { overlapHours?: number | null | undefined; expiresAt?: Date | null | undefined },
  ) {
    return rotate(this.#directory, id, how);
  }
  remove(id: string, name: string) {
    return remove(this.#directory, id, name);
  }
  replace(id: string) {
    return replace(this.#directory, id);
  }
}
