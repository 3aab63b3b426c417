import type { Connection, Said } from './connection.ts';

/** What is measured: the service, and what it is measured against. */
export type Kind = 'muster' | 'floor' | 'floor+audit' | 'postgraphile';

export interface Asking {
  connection: Connection;
  kind: Kind;
  scim: string;
  users: number;
  /** Counts up across every client and every round. */
  at: number;
  /** Ids of those whom the initial sync made at this server. */
  synced: string[];
}

export interface Workload {
  name: string;
  says: string;
  /** How many clients ask at a time, in the turns of a full run. */
  clients: readonly number[];
  /** Against which kinds the service is measured; the floor always. */
  against?: readonly Kind[];
  /** One unit of work, mostly one request. */
  each: (asking: Asking) => Promise<void>;
}

export const random = (most: number): number => 1 + Math.floor(Math.random() * most);

/** The body of an answer that has one of these statuses and names no error. */
export async function expect(said: Promise<Said>, ...statuses: number[]): Promise<string> {
  const { status: got, body } = await said;
  if (!statuses.includes(got) || body.includes('"errors":[') || body.includes('"userErrors":[{'))
    throw new Error(`Expected ${statuses.join(' or ')}, got ${got}: ${body.slice(0, 500)}`);
  return body;
}
