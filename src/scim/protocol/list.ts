import type { JsonObject } from './json.ts';

export const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

export interface IndexPage {
  resources: JsonObject[];
  totalResults: number;
  startIndex: number;
}

export interface CursorPage {
  resources: JsonObject[];
  /** May be left out, since counting can cost more than the page (RFC 9865 section 2). */
  totalResults?: number | undefined;
  nextCursor?: string | undefined;
  previousCursor?: string | undefined;
}

/** RFC 7644 section 3.4.2. Nothing found is an answer like any other: 200 and an empty list. */
export const listResponse = ({ resources, totalResults, startIndex }: IndexPage): JsonObject => ({
  schemas: [LIST_SCHEMA],
  totalResults,
  startIndex,
  itemsPerPage: resources.length,
  Resources: resources,
});

/** RFC 9865: the last page has no nextCursor, the first no previousCursor. */
export const cursorResponse = ({
  resources,
  totalResults,
  nextCursor,
  previousCursor,
}: CursorPage): JsonObject => ({
  schemas: [LIST_SCHEMA],
  ...(totalResults !== undefined && { totalResults }),
  itemsPerPage: resources.length,
  ...(previousCursor !== undefined && { previousCursor }),
  ...(nextCursor !== undefined && { nextCursor }),
  Resources: resources,
});
