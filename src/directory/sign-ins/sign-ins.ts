import type { Session } from '../session.ts';
import { refusedSignIns } from './refused.ts';
import { unbind } from './unbind.ts';

/** The bindings of members to subjects of OpenID providers, and the sign-ins that were refused. */
export class SignIns {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  refused() {
    return refusedSignIns(this.#session);
  }
  unbind(memberId: string) {
    return unbind(this.#session, memberId);
  }
}
