/** Limits of one operation, and of what one account may spend and hold open. */
export const LIMITS = {
  tokens: 3_000,
  depth: 20,
  aliases: 30,
  directives: 30,
  rootFields: 20,
  /** Fields of an operation after its fragments are spread. */
  selections: 20_000,
  pageSize: 500,
  /**
   * Entries of lists that one running operation may request, all nested pages added up; entries
   * with documents count more (weights.ts).
   */
  entries: 500_000,
  /**
   * Points that one operation may cost: three connections deep at 100 a page fits, four does not.
   */
  operationCost: 40_000,
  /**
   * Points that one account may spend in a window, in this process: about what one machine can
   * answer.
   */
  budget: 6_000_000,
  windowMs: 60_000,
  /**
   * Subscriptions that one account may have open in this process, sockets and event streams
   * together.
   */
  streams: 100,
  /** WebSockets that one account may have open in this process. */
  sockets: 50,
  /** WebSockets of one address that have not authenticated yet. */
  unauthenticatedSockets: 20,
} as const;
