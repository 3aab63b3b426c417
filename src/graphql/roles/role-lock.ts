import { Field, ObjectType } from 'type-graphql';
import {
  mayReadActivity,
  type MemberRow,
  requireActivity,
  type RoleRow,
} from '../../directory/index.ts';
import { Actor, actorOf } from '../audit/actor.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { DateTime } from '../schema/scalars.ts';
import { Role } from './role.ts';

const FOR_READERS = 'Of others it needs AUDIT_READ or ROLE_ADMIN.';

@ObjectType({ description: 'A lock that keeps a role through every sync.' })
export class RoleLock {
  readonly #member: MemberRow;
  readonly #loaders: Loaders;

  constructor(member: MemberRow, loaders: Loaders) {
    this.#member = member;
    this.#loaders = loaders;
  }

  @Field(() => Role, { description: 'The locked role, which is the one in force.' })
  role(): Promise<RoleRow | null> {
    return this.#loaders.load('roleSpokenOf', this.#member.roleId);
  }
  @Field(() => Actor, { description: `Who locked it. ${FOR_READERS}` })
  lockedBy(): Promise<object> {
    this.#requireReader();
    return actorOf(this.#member.lockedBy, this.#loaders);
  }
  @Field(() => DateTime, { description: `When it was locked. ${FOR_READERS}` })
  lockedAt(): Date {
    this.#requireReader();
    return this.#member.lockedAt ?? this.#member.updatedAt;
  }
  @Field(() => String, {
    nullable: true,
    description:
      'Why; null when nobody said, and of others for viewers without AUDIT_READ or ' +
      'ROLE_ADMIN.',
  })
  reason(): string | null {
    const mayRead = mayReadActivity(this.#loaders.directory, ['ROLE_ADMIN'], this.#member.id);
    return mayRead ? this.#member.lockReason : null;
  }
  @Field(() => DateTime, {
    nullable: true,
    description: 'When the lock is released by itself; null when it is not.',
  })
  expiresAt(): Date | null {
    return this.#member.lockExpiresAt;
  }

  #requireReader(): void {
    requireActivity(this.#loaders.directory, ['ROLE_ADMIN'], this.#member.id);
  }
}
