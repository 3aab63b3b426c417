import { Refusal } from '../refusal.ts';

type MakeRefusal = () => Refusal;

const taken =
  (code: Refusal['code'], message: string, field: string): MakeRefusal =>
  () =>
    new Refusal(code, message, { field: [field] });

/** The promises that the database keeps for us, and how breaking one is said. */
const refusals: Record<string, MakeRefusal> = {
  members_user_name_key: taken(
    'user-name-taken',
    'A member with this user name already exists.',
    'userName',
  ),
  members_email_key: taken('email-taken', 'A member with this address already exists.', 'email'),
  teams_name_key: taken('name-taken', 'A team with this name already exists.', 'name'),
  roles_name_key: taken('name-taken', 'A role with this name already exists.', 'name'),
  identity_providers_name_key: taken(
    'name-taken',
    'An identity provider with this name already exists.',
    'name',
  ),
  role_mappings_team_key: taken('invalid', 'A team can be mapped to one role only.', 'mappings'),
  role_mappings_pushed_role_key: taken(
    'invalid',
    'A pushed role can be mapped to one role only.',
    'mappings',
  ),
};

/**
 * A refusal as it is, a broken promise as the refusal it stands for, anything else: a fault, and
 * nothing.
 */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  const constraint = (error as { constraint?: unknown } | null)?.constraint;
  return typeof constraint === 'string' && Object.hasOwn(refusals, constraint)
    ? (refusals[constraint] as MakeRefusal)()
    : null;
}
