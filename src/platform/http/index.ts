/** Shared by all doors over HTTP: reading requests, limits, and answers to requests that failed. */
export { BodyError, readBody, type BodyRules } from './body.ts';
export type { Log } from '../index.ts';
export { addressOf, callerOf } from './client-address.ts';
export { compressAnswers } from './compress.ts';
export { FairShare } from './fair-share.ts';
export { Fault } from './fault.ts';
export { Graceful } from './graceful.ts';
export {
  account,
  chooseDoor,
  enterDoor,
  identify,
  limitCallers,
  protect,
  renderFaults,
  shed,
} from './middleware.ts';
export type {
  Door,
  Draw,
  InTurn,
  RequestContext,
  RequestHandler,
  RequestState,
} from './request.ts';
export { refuseUnreadable } from './unreadable-request.ts';
