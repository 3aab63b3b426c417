import { Ctx, Field, FieldResolver, InterfaceType, ObjectType, Resolver, Root } from 'type-graphql';
import { ConflictCase } from '../conflicts/conflict-case.ts';
import type { Context } from '../context.ts';
import type { ErrorCode as Code } from '../errors.ts';
import { IdentityProvider } from '../identity-providers/identity-provider.ts';
import { ErrorCode } from './enums.ts';
import { Node } from './node.ts';
import type { UserErrorSource } from './refusals.ts';

@InterfaceType('UserError', {
  description:
    'A reason a mutation did not do what was asked. The mutation changed nothing ' +
    'when any is present.',
  resolveType: (value: UserErrorSource) => value.kind,
})
export abstract class UserError {
  @Field(() => ErrorCode, { description: 'Reason for programs; its spelling stays the same.' })
  code!: Code;
  @Field(() => String, { description: 'Sentence for a person, in English.' }) message!: string;
  @Field(() => [String], {
    nullable: true,
    description:
      'Path into `input` that caused it, outermost first; null when no single field did.',
  })
  field!: string[] | null;
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'Plain error without more detail.',
})
export class SimpleError extends UserError {}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description:
    'Refused because a provider owns the object; says which one and where to edit instead.',
})
export class ReadOnlyError extends UserError {
  @Field(() => [String], { description: 'Names of the fields that were refused.' })
  readOnlyFields!: string[];
}

@ObjectType({
  implements: UserError,
  simpleResolvers: true,
  description: 'Refused because another object holds the value.',
})
export class ConflictError extends UserError {}

@Resolver(() => ReadOnlyError)
export class ReadOnlyErrorFields {
  @FieldResolver(() => IdentityProvider, {
    description: 'The provider that owns the object, where it can be edited instead.',
  })
  owner(@Root() { tenantId, providerId }: UserErrorSource, @Ctx() context: Context) {
    return context.loaders(context.at(tenantId)).load('provider', providerId as string);
  }
}

@Resolver(() => ConflictError)
export class ConflictErrorFields {
  @FieldResolver(() => Node, {
    nullable: true,
    description:
      'The object that holds the value; null when there is none or the viewer may not see it.',
  })
  holder(@Root() { tenantId, holderId }: UserErrorSource, @Ctx() context: Context) {
    return holderId ? context.loaders(context.at(tenantId)).load('node', holderId) : null;
  }

  @FieldResolver(() => ConflictCase, {
    nullable: true,
    description: 'The conflict case that was opened for it; null when none was.',
  })
  case(@Root() { tenantId, caseId }: UserErrorSource, @Ctx() context: Context) {
    return caseId ? context.loaders(context.at(tenantId)).load('conflict', caseId) : null;
  }
}
