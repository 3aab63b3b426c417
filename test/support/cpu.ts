/**
 * Processor time of this process in milliseconds: unlike a clock it does not run on while other
 * processes have the processor.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
