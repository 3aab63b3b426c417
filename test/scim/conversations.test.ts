import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { ProviderKind } from '../../src/directory/index.ts';
import { type Body, ScimClient } from '../support/scim-client.ts';
import { scimStage } from '../support/scim-stage.ts';

/**
 * What a client was seen to send, in order, and what it needs to get. Names in braces stand for ids
 * of before.
 */
interface Conversation {
  client: string;
  source: string;
  provider?: { kind: ProviderKind };
  exchanges: {
    say: string;
    request: { method: string; path: string; headers?: Record<string, string>; body?: unknown };
    /**
     * `body` is contained in the answer; `absent` are paths that are not; `repairs` are what the
     * inspector says was mended.
     */
    answer: { status: number; body?: unknown; empty?: true; absent?: string[]; repairs?: string[] };
    remember?: Record<string, string>;
  }[];
}

const here = scimStage();
const folder = fileURLToPath(new URL('../conversations/', import.meta.url));

test.each(globSync('*.json', { cwd: folder }).toSorted())('%s', async file => {
  const conversation = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Conversation;
  const { company } = await here.scene();
  const { provider, secretToken } = await company.owner.identityProviders.create({
    name: file,
    kind: conversation.provider?.kind ?? 'ENTRA_ID',
  });
  const client = new ScimClient(here.origin, provider.id, secretToken!);
  const known: Record<string, string> = { base: client.publicBase };
  const filled = <T>(value: T): T =>
    JSON.parse(
      JSON.stringify(value).replace(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole),
    ) as T;

  for (const { say, request, answer, remember } of conversation.exchanges) {
    const { method, path: at, body, headers } = filled(request);
    const got = await client.send(method, at, body, headers);
    const wanted = filled(answer);
    expect([say, got.status, got.body]).toEqual([say, wanted.status, got.body]);
    if (wanted.body !== undefined)
      expect({ say, body: got.body }).toMatchObject({ say, body: wanted.body });
    if (wanted.empty) expect([say, got.text]).toEqual([say, '']);
    else expect(got.headers.get('content-type')).toBe('application/scim+json');
    for (const absent of wanted.absent ?? [])
      expect([say, absent, placed(got.body, absent)]).toEqual([say, absent, undefined]);
    for (const [name, place] of Object.entries(remember ?? {})) known[name] = got.body[place];
    if (wanted.repairs)
      expect([say, await repairsOf(got.headers.get('scim-request-id')!)]).toEqual([
        say,
        expect.arrayContaining(wanted.repairs),
      ]);
  }
});

const placed = (body: Body, place: string): unknown => {
  const steps = place.startsWith('urn:')
    ? [place.slice(0, place.lastIndexOf('.')), place.slice(place.lastIndexOf('.') + 1)]
    : place.split('.');
  return steps.reduce<Body>((value, step) => value?.[step], body);
};

async function repairsOf(exchangeId: string): Promise<string[]> {
  await here.flush();
  const { rows } = await here.owner.query<{ repairs: string[] }>(
    'select repairs from scim_exchanges where id = $1',
    [exchangeId],
  );
  return rows[0]?.repairs ?? [];
}
