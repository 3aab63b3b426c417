import { entraHabits } from './entra.ts';
import { ScimError } from './protocol/index.ts';

/** The parts of a request's address, with mistakes in the Tenant URL repaired. */
export interface Address {
  providerId: string;
  /** The key of the route: `Users`, `Users/:id`, `Users/.search`; empty for the base itself. */
  route: string;
  id: string;
  query: URLSearchParams;
  repairs: string[];
}

/** The names below a provider's base, and what may follow each. */
const PLACES: Readonly<Record<string, 'nothing' | 'search' | 'id'>> = {
  'Users': 'search',
  'Groups': 'search',
  'Schemas': 'id',
  'ResourceTypes': 'id',
  'ServiceProviderConfig': 'nothing',
  'Bulk': 'nothing',
  'Me': 'nothing',
  '.search': 'nothing',
};
const placeNamed = (segment: string | undefined): string | undefined =>
  Object.keys(PLACES).find(name => name.toLowerCase() === segment?.toLowerCase());

/** Reads `/scim/v2/<provider>/...`. Null where nothing of that kind stands. */
export function readAddress(path: string, querystring: string): Address | null {
  const repairs: string[] = [];
  const { segments, query } = split(path, querystring, repairs);
  if (segments.shift()?.toLowerCase() !== 'scim') return null;
  dropVersion(segments);
  const providerId = segments.shift();
  if (providerId === undefined) return null;
  if (segments[0]?.toLowerCase() === 'scim' || dropVersion(segments)) {
    if (segments[0]?.toLowerCase() === 'scim') segments.shift();
    dropVersion(segments);
    repairs.push(entraHabits['path-with-version']);
  }
  // `.../Users` pasted as the base: what follows is the resource that was meant.
  if (
    placeNamed(segments[0]) === 'Users' &&
    placeNamed(segments[1]) !== undefined &&
    segments[1] !== '.search'
  ) {
    segments.shift();
    repairs.push(entraHabits['url-with-resource']);
  }
  const place = routeOf(segments);
  return place && { providerId: providerId.toLowerCase(), ...place, query, repairs };
}

function routeOf([first, second, ...more]: readonly string[]): Pick<
  Address,
  'route' | 'id'
> | null {
  if (first === undefined) return { route: '', id: '' };
  const name = placeNamed(first);
  if (name === undefined || more.length > 0) return null;
  if (second === undefined) return { route: name, id: '' };
  const follows = PLACES[name];
  if (follows === 'nothing') return null;
  return follows === 'search' && second.toLowerCase() === '.search'
    ? { route: `${name}/.search`, id: '' }
    : { route: `${name}/:id`, id: second };
}

/**
 * Splits the path, ignoring empty segments. A flag in front of the path
 * (`?aadOptscim062020/Users?filter=...`) is moved behind it.
 */
function split(
  path: string,
  querystring: string,
  repairs: string[],
): { segments: string[]; query: URLSearchParams } {
  const [, behind, request = ''] =
    /^(?:aadOptscim062020|AzureAdScimPatch2017)=?(\/[^?&]*)[?&]?(.*)$/i.exec(querystring) ?? [];
  if (behind !== undefined) repairs.push(entraHabits['path-behind-flag']);
  const segments = `${path}${behind ?? ''}`.split('/').filter(Boolean).map(decodedSegment);
  return { segments, query: new URLSearchParams(behind === undefined ? querystring : request) };
}

/** A segment that cannot be decoded is kept as it is; it names nothing. */
export function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** RFC 7644 section 3.13: the version is optional, and only this one is spoken. */
function dropVersion(segments: string[]): boolean {
  if (!/^v\d+(\.\d+)?$/i.test(segments[0] ?? '')) return false;
  const version = segments.shift() as string;
  if (!/^v2(\.0)?$/i.test(version))
    throw new ScimError(400, `This service speaks SCIM v2, not ${version}.`, 'invalidVers');
  return true;
}
