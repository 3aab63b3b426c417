import { sql } from 'kysely';
import type { Page, PageRequest } from '../paging/page.ts';
import type { Session } from '../session.ts';
import { isId } from '../tables/ids.ts';
import { countEntries, pageOfEntries } from './access-paths.ts';
import { type AttributeWriter, lastWriters } from './attribute-writers.ts';
import { type AuditFilter, searchFor } from './audit-filter.ts';
import { type AuditEntryRow, entryColumns } from './entry-rows.ts';
import { changesOf, countChangesOf } from './exchange-changes.ts';
import { countHistoryOf, historyOf } from './history.ts';
import { lastHeardOf, newestEntryOf } from './last-heard.ts';
import {
  reportCount,
  type ReportFilter,
  reportPage,
  type ReportRow,
} from './provisioning-report.ts';
import { inTimeRange } from './time-range.ts';

/** At most so many entries are handed to a follower at once. */
const MOST_AT_ONCE = 500;

/** The audit log. It can be read and added to, never changed (rule 23). */
export class AuditLog {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Newest first. */
  page(filter: AuditFilter = {}, request: PageRequest = {}): Promise<Page<AuditEntryRow>> {
    this.#session.require('AUDIT_READ');
    return pageOfEntries(this.#session, request, searchFor(this.#session.tenantId, filter));
  }

  count(filter: AuditFilter = {}): Promise<number> {
    this.#session.require('AUDIT_READ');
    return countEntries(this.#session, searchFor(this.#session.tenantId, filter));
  }

  async byIds(ids: readonly string[]): Promise<AuditEntryRow[]> {
    this.#session.require('AUDIT_READ');
    const known = ids.filter(isId);
    if (known.length === 0) return [];
    const { rows } = await sql<AuditEntryRow>`
        select ${entryColumns} from audit_entries e where e.tenant_id = ${this.#session.tenantId}
        and e.id = any(${known}::uuid[])`.execute(this.#session.db);
    return rows;
  }

  /** The newest entry about what is a provider's. */
  newestOfProvider(providerId: string): Promise<string | undefined> {
    return newestEntryOf(this.#session, providerId);
  }

  /** When a provider last made or changed each of these. */
  lastHeard(keys: readonly string[]): Promise<Map<string, Date>> {
    return lastHeardOf(this.#session, keys);
  }

  /**
   * The history of each of these members, newest first: what was done to them and what touched
   * them.
   */
  historyOf(
    memberIds: readonly string[],
    request: PageRequest = {},
  ): Promise<Map<string, Page<AuditEntryRow>>> {
    return historyOf(this.#session, memberIds, request);
  }

  countHistoryOf(memberIds: readonly string[]): Promise<Map<string, number>> {
    return countHistoryOf(this.#session, memberIds);
  }

  lastWriters(memberIds: readonly string[]): Promise<AttributeWriter[]> {
    return lastWriters(this.#session, memberIds);
  }

  /** The entries of each of these exchanges, oldest first: the same page of each. */
  changesOf(
    exchangeIds: readonly string[],
    request: PageRequest = {},
  ): Promise<Map<string, Page<AuditEntryRow>>> {
    return changesOf(this.#session, exchangeIds, request);
  }

  countChangesOf(exchangeIds: readonly string[]): Promise<Map<string, number>> {
    return countChangesOf(this.#session, exchangeIds);
  }

  /**
   * Entries written from this instant on, oldest first, for followers of the log. An entry becomes
   * visible when its change commits, possibly after later ones; so a follower reads again from some
   * time before its last read, and leaves out what it has seen.
   */
  async since(from: Date, most = MOST_AT_ONCE): Promise<AuditEntryRow[]> {
    this.#session.require('AUDIT_READ');
    const { rows } = await sql<AuditEntryRow>`
      select ${entryColumns} from audit_entries e where e.tenant_id = ${this.#session.tenantId}
      and ${sql.join(inTimeRange({ gte: from }, 'e'), sql` and `)}
      order by e.id limit ${most}
    `.execute(this.#session.db);
    return rows;
  }

  /** The provisioning report (rule 22), newest first. */
  report(filter: ReportFilter, request: PageRequest = {}): Promise<Page<ReportRow>> {
    return reportPage(this.#session, filter, request);
  }

  reportCount(filter: ReportFilter): Promise<number> {
    return reportCount(this.#session, filter);
  }
}
