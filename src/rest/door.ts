import { Directory, type Store, Refusal, type UseNotes } from '../directory/index.ts';
import {
  type Door,
  type Draw,
  type InTurn,
  readBody,
  type RequestContext,
} from '../platform/http/index.ts';
import { callerOf } from './authenticate.ts';
import { codeOf, nothingHere, RestError, sayError, sayRefusal } from './errors.ts';
import { changeRecord, listRecords, showRecord } from './identity-providers.ts';
import { OAuthError, oauthErrorOf, sayOAuthError } from './oauth-errors.ts';
import { readEdit } from './record-edit.ts';
import { showInvitation, takeInvitation } from './invitation-page.ts';
import { grantToken } from './token-endpoint.ts';

export interface RestParts {
  store: Store;
  publicUrl: string;
  /** The allowance of a credential. Without it only addresses are limited. */
  draw?: Draw;
  notes: Pick<UseNotes, 'note'>;
  /** Does a tenant's work when it is the tenant's turn; without it, at once. */
  inTurn?: InTurn;
}

type Answer = (parts: RestParts, ctx: RequestContext, id: string) => Promise<void>;

const RECORDS = /^\/iam\/identity_providers(?:\/(?:(?:saml2|oidc)\/)?([^/]+))?\/?$/;
const INVITATION = /^\/invitations\/([^/]+)\/?$/;
const TOKEN = /^\/oauth\/token\/?$/;

const ofList: Record<string, Answer> = {
  GET: (parts, ctx) =>
    asCaller(parts, ctx, async directory => {
      ctx.body = await listRecords(directory, parts.publicUrl);
    }),
};
const ofRecord: Record<string, Answer> = {
  GET: (parts, ctx, id) =>
    asCaller(parts, ctx, async directory => {
      ctx.body = await showRecord(directory, parts.publicUrl, id);
    }),
  PATCH: change,
  // The printed curl command sends this: `--data` makes it a POST whose media type is a form's and
  // whose body is JSON.
  POST: change,
};
const ofInvitation: Record<string, Answer> = { GET: showInvitation, POST: takeInvitation };
const ofToken: Record<string, Answer> = { POST: grantToken };

/**
 * REST records of identity providers under /iam, the page behind an invitation's link, and the
 * endpoint that grants an access token for a provider's secret.
 */
export function restDoor(parts: RestParts): Door {
  return {
    name: 'rest',
    path: ['/iam', '/oauth', '/invitations'],
    handle: ctx => answer(parts, ctx),
    renderError: (ctx, { status, detail }) => {
      if (ctx.path.startsWith('/oauth')) sayOAuthError(ctx, oauthErrorOf({ status, detail }));
      else sayError(ctx, new RestError(status, codeOf(status), detail));
    },
  };
}

async function answer(parts: RestParts, ctx: RequestContext): Promise<void> {
  try {
    const [, id] = RECORDS.exec(ctx.path) ?? [];
    const [, invitation] = INVITATION.exec(ctx.path) ?? [];
    if (id !== undefined)
      await byMethod(parts, ctx, '/iam/identity_providers/:uuid', ofRecord, id.toLowerCase());
    else if (RECORDS.test(ctx.path)) await byMethod(parts, ctx, '/iam/identity_providers', ofList);
    else if (TOKEN.test(ctx.path)) await byMethod(parts, ctx, '/oauth/token', ofToken);
    else if (invitation !== undefined)
      await byMethod(parts, ctx, '/invitations/:token', ofInvitation, invitation);
    else throw nothingHere();
  } catch (thrown) {
    if (thrown instanceof RestError) sayError(ctx, thrown);
    else if (thrown instanceof OAuthError) sayOAuthError(ctx, thrown);
    else throw thrown;
  }
}

async function byMethod(
  parts: RestParts,
  ctx: RequestContext,
  route: string,
  answers: Record<string, Answer>,
  id = '',
): Promise<void> {
  const method = ctx.method === 'HEAD' ? 'GET' : ctx.method;
  const chosen = Object.hasOwn(answers, method) ? answers[method] : undefined;
  ctx.state.route = chosen ? `${method} ${route}` : route;
  if (!chosen) throw notAllowed(Object.keys(answers));
  await chosen(parts, ctx, id);
}

function change(parts: RestParts, ctx: RequestContext, id: string): Promise<void> {
  return asCaller(parts, ctx, async directory => {
    const edit = readEdit(
      await readBody(ctx.req, {
        types: ['application/json'],
        form: 'json',
        maxBytes: 65_536,
        maxDepth: 16,
      }),
    );
    ctx.body = await changeRecord(directory, parts.publicUrl, id, edit);
  });
}

/** Opens the caller's directory for one request, and says what it refuses. */
async function asCaller(
  { store, draw, notes, inTurn }: RestParts,
  ctx: RequestContext,
  work: (directory: Directory) => Promise<void>,
): Promise<void> {
  const { actor, credentialId } = await callerOf(store, ctx.get('authorization'));
  ctx.state.logFields = { tenantId: actor.tenantId, credentialId };
  const drawn = draw?.(actor.account);
  if (drawn?.allowed === false)
    throw new RestError(429, codeOf(429), 'Too many requests with this token.', {
      'Retry-After': String(drawn.retryAfter),
    });
  notes.note({ tenantId: actor.tenantId, credentialId });
  const directory = new Directory(store, actor, ctx.state.trace);
  try {
    await (inTurn ? inTurn(actor.tenantId, () => work(directory)) : work(directory));
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    await sayRefusal(ctx, thrown, directory);
  }
}

function notAllowed(methods: readonly string[]): RestError {
  const allowed = methods
    .flatMap(method => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .join(', ');
  return new RestError(405, 'method_not_allowed', `Only ${allowed} can be used here.`, {
    Allow: allowed,
  });
}
