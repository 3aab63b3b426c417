import os from 'node:os';

export const windows = os.platform() === 'win32';

/** This machine, in the words of the binary packages: `linux-x64`, `darwin-arm64`, `windows-x64`. */
export const platformName = `${windows ? 'windows' : os.platform()}-${os.arch()}`;
