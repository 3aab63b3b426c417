/** A start that cannot go on for a reason that an operator can put right: the message is a sentence for them, and all they need. */
export class StartRefused extends Error {
  override readonly name: string = 'StartRefused';
}
