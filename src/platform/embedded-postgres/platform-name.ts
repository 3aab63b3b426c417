import os from 'node:os';

export const windows = os.platform() === 'win32';

/** This machine as the binary packages name it: `linux-x64`, `darwin-arm64`, `windows-x64`. */
export const platformName = `${windows ? 'windows' : os.platform()}-${os.arch()}`;
