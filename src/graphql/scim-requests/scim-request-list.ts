import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { connectionOf } from '../schema/connection.ts';
import { DateTimeFilter } from '../schema/filters.ts';
import { optional } from '../schema/inputs.ts';
import { ForwardArgs } from '../schema/page-args.ts';
import { ScimRequest } from './scim-request.ts';

export const ScimRequestConnection = connectionOf(
  'ScimRequest',
  'A page of SCIM requests.',
  () => ScimRequest,
);

@InputType({ description: 'Which SCIM requests are listed. All fields must hold.' })
export class ScimRequestFilter {
  @Field(() => [String], optional('HTTP methods, whatever their case.')) method?: string[] | null;
  @Field(() => Int, optional('HTTP statuses from this one on.')) statusGte?: number | null;
  @Field(() => Int, optional('HTTP statuses below this one.')) statusLt?: number | null;
  @Field(
    () => String,
    optional('Text that occurs in the path or the bodies: an id, an external id, a user name.'),
  )
  query?: string | null;
  @Field(() => DateTimeFilter, optional('When the request came in.')) at?: DateTimeFilter | null;
  @Field(() => Boolean, optional('Whether the request changed something.')) changed?:
    boolean | null;
}

@ArgsType()
export class RequestsArgs extends ForwardArgs {
  @Field(() => ScimRequestFilter, optional('Only requests that meet this filter.'))
  filter?: ScimRequestFilter | null;
}
