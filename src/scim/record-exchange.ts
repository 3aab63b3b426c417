import type { ScimResponse } from './scope.ts';
import type { RequestInProgress, ScimService } from './service.ts';

/**
 * Queues the exchange for the inspector and the last use for the credential; the answer does not
 * wait for either.
 */
export function recordExchange(
  service: ScimService,
  { ctx, exchange, caller, address, body }: RequestInProgress,
  response: ScimResponse,
): void {
  const request = { method: ctx.method, path: ctx.originalUrl, status: response.status };
  if (!caller) {
    const authorization = ctx.get('authorization');
    if (response.status < 500) service.refusedAtDoor.note(exchange, { ...request, authorization });
    return;
  }
  const {
    actor: { tenantId },
    provider,
    credentialId,
  } = caller;
  const use = { tenantId, credentialId, providerId: provider.id };
  if (exchange.changed) service.positions.changed(`${tenantId} ${provider.id}`);
  service.measure?.(provider.id, response.status);
  service.uses.note({ ...use, changed: exchange.changed });
  service.recorder.note(
    exchange.note({
      ...use,
      ...request,
      path: pathBelow(ctx.originalUrl, address?.providerId ?? ''),
      requestBody: body,
      responseBody: response.body,
      bytes: (Number(ctx.get('content-length')) || 0) + (ctx.length ?? 0),
    }),
  );
}

/** The path without the provider's base: an exchange names its provider in a field of its own. */
function pathBelow(url: string, providerId: string): string {
  const at = providerId === '' ? -1 : url.toLowerCase().indexOf(providerId);
  return at < 0 ? url : url.slice(at + providerId.length) || '/';
}
