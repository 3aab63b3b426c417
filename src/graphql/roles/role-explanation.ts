import { Field, ObjectType } from 'type-graphql';
import type { Explanation, RoleRow, RoleRule, TeamRow } from '../../directory/index.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { Team } from '../teams/team.ts';
import * as words from './enums.ts';
import { Role } from './role.ts';

@ObjectType({ description: 'One rule that offered a role.' })
export class RoleCandidate {
  readonly #candidate: Explanation['candidates'][number];
  readonly #loaders: Loaders;

  constructor(candidate: Explanation['candidates'][number], loaders: Loaders) {
    this.#candidate = candidate;
    this.#loaders = loaders;
  }

  @Field(() => words.RoleRule, { description: 'The rule that offered it.' })
  rule(): RoleRule {
    return this.#candidate.rule;
  }
  @Field(() => Role, { description: 'The role that it offered.' })
  role(): Promise<RoleRow | null> {
    return this.#loaders.load('roleSpokenOf', this.#candidate.roleId);
  }
  @Field(() => Team, { nullable: true, description: 'The mapped team; null for other rules.' })
  team(): Promise<TeamRow | null> | null {
    return this.#candidate.teamId === null
      ? null
      : this.#loaders.load('team', this.#candidate.teamId);
  }
  @Field(() => Boolean, { description: 'Whether this candidate decided the role.' })
  won(): boolean {
    return this.#candidate.won;
  }
  @Field(() => String, {
    nullable: true,
    description: 'Why another one won, in a sentence; null for the winner.',
  })
  lostBecause(): string | null {
    return this.#candidate.lostBecause;
  }
}

@ObjectType({ description: 'How the role of a member was decided.' })
export class RoleExplanation {
  readonly #explanation: Explanation;
  readonly #loaders: Loaders;

  constructor(explanation: Explanation, loaders: Loaders) {
    this.#explanation = explanation;
    this.#loaders = loaders;
  }

  @Field(() => Role, { description: 'The role in force.' })
  role(): Promise<RoleRow | null> {
    return this.#loaders.load('roleSpokenOf', this.#explanation.roleId);
  }
  @Field(() => words.RoleRule, { description: 'The rule that decided it.' })
  decidedBy(): RoleRule {
    return this.#explanation.decidedBy;
  }
  @Field(() => [RoleCandidate], {
    description: 'Everything that offered a role, in order of precedence; the first one won.',
  })
  candidates(): RoleCandidate[] {
    return this.#explanation.candidates.map(
      candidate => new RoleCandidate(candidate, this.#loaders),
    );
  }
  @Field(() => Role, { description: 'What the role would be without the lock.' })
  withoutLock(): Promise<RoleRow | null> {
    return this.#loaders.load('roleSpokenOf', this.#explanation.withoutLock);
  }
  @Field(() => String, { description: 'The decision in one sentence, in English.' })
  summary(): string {
    return this.#explanation.summary;
  }
}
