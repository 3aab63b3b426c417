import { acceptInvitation, Refusal } from '../directory/index.ts';
import type { RequestContext } from '../platform/http/index.ts';
import type { RestParts } from './door.ts';

/** Mail scanners open links: looking changes nothing, the button does. */
export async function showInvitation(_parts: RestParts, ctx: RequestContext): Promise<void> {
  page(ctx, 200, 'You are invited', '<form method="post"><button>Join</button></form>');
}

export async function takeInvitation(
  { store }: RestParts,
  ctx: RequestContext,
  token: string,
): Promise<void> {
  try {
    const member = await acceptInvitation(store, ctx.state.trace, token);
    page(
      ctx,
      200,
      'Welcome',
      `<p>You have joined as ${escaped(member.displayName)}. You can close this page.</p>`,
    );
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    page(
      ctx,
      404,
      'This invitation is not valid any more',
      '<p>Ask whoever invited you to send it again.</p>',
    );
  }
}

function page(ctx: RequestContext, status: number, title: string, body: string): void {
  ctx.status = status;
  ctx.type = 'text/html; charset=utf-8';
  ctx.set(
    'Content-Security-Policy',
    "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
  );
  ctx.body = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="robots" content="noindex"><title>${title}</title><h1>${title}</h1>${body}</html>`;
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, character => ESCAPES[character] as string);
