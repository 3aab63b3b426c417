import { AuditLog } from './audit/audit-log.ts';
import { Conflicts } from './conflicts/conflicts.ts';
import { Credentials } from './credentials/credentials.ts';
import { Exchanges } from './exchanges/exchanges.ts';
import { Idempotency } from './idempotency/idempotency.ts';
import { IdentityProviders } from './identity-providers/identity-providers.ts';
import { Invitations } from './invitations/invitations.ts';
import { Members } from './members/members.ts';
import { Roles } from './roles/roles.ts';
import { Session } from './session.ts';
import { SignIns } from './sign-ins/sign-ins.ts';
import { type Located, locate } from './tables/locate.ts';
import { Teams } from './teams/teams.ts';
import { childOf } from './tenants/child.ts';
import { Tenants } from './tenants/tenants.ts';

/** The handle of a door for one request: a session with the questions and verbs of every noun. */
export class Directory extends Session {
  readonly tenants = new Tenants(this);
  readonly members = new Members(this);
  readonly teams = new Teams(this);
  readonly roles = new Roles(this);
  readonly identityProviders = new IdentityProviders(this);
  readonly credentials = new Credentials(this);
  readonly signIns = new SignIns(this);
  readonly conflicts = new Conflicts(this);
  readonly exchanges = new Exchanges(this);
  readonly invitations = new Invitations(this);
  readonly audit = new AuditLog(this);
  readonly idempotency = new Idempotency(this);

  /**
   * The directory of the named tenant: one's own, or a child's for whoever administers children.
   * Any other does not exist.
   */
  async enter(tenantId: string | null | undefined, field = 'tenantId'): Promise<Directory> {
    if (tenantId === null || tenantId === undefined || tenantId === this.tenantId) return this;
    // Another tenant's statements could not prove who calls.
    await this.prove();
    const { id, parentName } = await childOf(this, tenantId, field);
    return new Directory(
      this.store,
      this.actor.of(parentName),
      this.trace,
      id,
      this.moment,
      this.proof,
    );
  }

  /**
   * The kind of the object that each of these ids names. Whether it may be seen is checked where it
   * is read.
   */
  locate(ids: readonly string[]): Promise<Located[]> {
    return locate(this, ids);
  }

  /** The same for a change whose doings nobody beside it may see: a plan within a query. */
  apart(): Directory {
    return new Directory(this.store, this.actor, this.trace, this.tenantId, undefined, this.proof);
  }
}
