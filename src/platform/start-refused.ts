/**
 * A start that fails for a reason that an operator can repair. The message is a sentence for them,
 * and is all that they need.
 */
export class StartRefused extends Error {
  override readonly name: string = 'StartRefused';
}
