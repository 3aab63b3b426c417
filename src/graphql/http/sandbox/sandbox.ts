import { randomBytes } from 'node:crypto';
import type { RequestContext, RequestHandler } from '../../../platform/http/index.ts';
import { hostedPage, hostedPolicy } from './hosted-page.ts';
import { LocalExplorer } from './local-explorer.ts';

export type SandboxMode = 'auto' | 'hosted' | 'local' | 'off';

const LOCAL = '/sandbox/local';

/**
 * Serves the explorers: Apollo's Sandbox at `/` and `/sandbox`, with a link to the local one where
 * its host cannot be reached; with `local` only that one.
 */
export function sandbox(mode: SandboxMode, publicUrl: string): RequestHandler {
  const prefix = new URL(publicUrl).pathname.replace(/\/$/, '');
  const explorer = mode === 'auto' || mode === 'local' ? new LocalExplorer(prefix + LOCAL) : null;
  const endpoint = `${publicUrl}/graphql`;
  const sockets = new URL(endpoint.replace(/^http/, 'ws')).origin;

  return async (ctx, next) => {
    if (mode === 'off' || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    const path =
      ctx.path === '/graphql' && ctx.accepts('json', 'html') === 'html' ? '/sandbox' : ctx.path;
    const nonce = randomBytes(16).toString('base64');
    if (path === '/' || path === '/sandbox') {
      if (mode === 'local') return ctx.redirect(`${prefix}${LOCAL}/`);
      return page(
        ctx,
        hostedPage({ endpoint, nonce, localAt: explorer && `${prefix}${LOCAL}/` }),
        hostedPolicy(nonce, sockets),
      );
    }
    if (!explorer || !`${path}/`.startsWith(`${LOCAL}/`)) return next();
    if (path === LOCAL) return ctx.redirect(`${prefix}${LOCAL}/`);
    if (path === `${LOCAL}/`)
      return page(ctx, explorer.page(endpoint, nonce), explorer.policy(nonce, sockets));
    return explorer.file(ctx, path.slice(LOCAL.length + 1));
  };
}

function page(ctx: RequestContext, html: string, policy: string): void {
  ctx.set('content-security-policy', policy);
  ctx.set('cache-control', 'no-store');
  ctx.type = 'html';
  ctx.body = html;
}
