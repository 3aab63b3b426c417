import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { Refusal } from '../../directory/index.ts';
import type { Context } from '../context.ts';
import { Node } from './node.ts';

const MOST_NODES = 100;

@Resolver()
export class NodeQueries {
  @Query(() => Node, {
    nullable: true,
    description:
      "Any object of the credential's tenant by its id; null when there is none or the " +
      'viewer may not see it.',
  })
  node(
    @Ctx() context: Context,
    @Arg('id', () => ID, { description: 'Id of any object, whatever its type.' }) id: string,
  ): Promise<object | null> {
    return context.loaders().load('node', id);
  }

  @Query(() => [Node], {
    nullable: 'items',
    description: 'Several objects by id, in the order of the ids, null where there is none.',
  })
  async nodes(
    @Ctx() context: Context,
    @Arg('ids', () => [ID], { description: 'Ids of any objects, at most 100.' }) ids: string[],
  ): Promise<(object | null)[]> {
    if (ids.length > MOST_NODES)
      throw new Refusal('invalid', `At most ${MOST_NODES} objects can be asked for at once.`, {
        field: ['ids'],
      });
    return Promise.all(ids.map(id => context.loaders().load('node', id)));
  }
}
