import { randomUUIDv7 } from 'node:crypto';

/** Ids are made here, never derived from what a client sends. Their order is the order of creation. */
export const newId = (): string => randomUUIDv7();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Any other text is simply the id of nothing. */
export const isId = (text: string): boolean => UUID.test(text);
