import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) =>
  JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Record<string, unknown>;
const manifest = read('package.json') as {
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
  scripts: Record<string, string>;
};
const lock = read('package-lock.json')['packages'] as Record<
  string,
  {
    resolved?: string;
    integrity?: string;
    hasInstallScript?: boolean;
    optionalDependencies?: Record<string, string>;
  }
>;

test('what the service imports is there when nothing but its dependencies was installed', () => {
  const imported = new Set(
    globSync('{src,migrations}/**/*.ts', { cwd: root }).flatMap(file =>
      [
        ...readFileSync(path.join(root, file), 'utf8').matchAll(
          /(?:\bfrom|\bimport\s*\(?)\s*'([@a-z][\w@/.:-]*)'/g,
        ),
      ].map(([, name]) => /^(?:@[^/]+\/)?[^/]+/.exec(name!)![0]),
    ),
  );
  const unknown = [...imported].filter(
    name =>
      !name.startsWith('node:') &&
      !builtinModules.includes(name) &&
      !(name in manifest.dependencies),
  );
  expect(unknown).toEqual([]);
  expect(manifest.dependencies).toHaveProperty('typescript'); // npm start builds
});

test('every version is one version', () => {
  const { dependencies, optionalDependencies, devDependencies } = manifest;
  for (const [name, version] of Object.entries({
    ...dependencies,
    ...optionalDependencies,
    ...devDependencies,
  }))
    expect([name, version]).toEqual([name, expect.stringMatching(/^\d+\.\d+\.\d+(-[\w.]+)?$/)]);
});

test('the lock holds every platform, a digest for everything, and no address', () => {
  const packages = Object.entries(lock).filter(([place]) => place !== '');
  expect(
    packages.filter(([, { resolved }]) => resolved !== undefined).map(([place]) => place),
  ).toEqual([]);
  expect(
    packages.filter(([, { integrity }]) => integrity === undefined).map(([place]) => place),
  ).toEqual([]);
  const missing = packages.flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      name => !(`${place}/node_modules/${name}` in lock) && !(`node_modules/${name}` in lock),
    ),
  );
  expect(missing).toEqual([]);
});

test('nothing of others is run at the installation', () => {
  const scripted = Object.entries(lock)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([place]) => place.replace(/^.*node_modules\//, ''));
  expect(scripted.filter(name => manifest.allowScripts[name] ?? true)).toEqual([]);
  expect(Object.keys(manifest.scripts).filter(name => /install|prepare/.test(name))).toEqual([]);
});
