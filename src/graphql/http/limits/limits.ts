/** What one operation may be, and what one credential may spend. A caller who needs more asks for less at a time. */
export const LIMITS = {
  tokens: 3_000,
  depth: 20,
  aliases: 30,
  directives: 30,
  rootFields: 20,
  /** Fields after every fragment is spread out. */
  selections: 20_000,
  pageSize: 500,
  /** Entries of lists that one running operation may ask for, all nested pages added up; what holds a document counts more (weights.ts). */
  entries: 500_000,
  /** Points that one operation may cost: three connections deep at 100 a page fits, four does not. */
  operationCost: 40_000,
  /** Points that one credential may spend in a window, in this process: about what one machine can answer. */
  budget: 6_000_000,
  windowMs: 60_000,
  /** Subscriptions that one person, or one service token, may have open here, over sockets and event streams together. */
  streams: 100,
  /** WebSockets that one person, or one service token, may have open here. */
  sockets: 50,
  /** WebSockets from one address that have not said yet who they are. */
  unauthenticatedSockets: 20,
} as const;
