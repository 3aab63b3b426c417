const slip = /:(\d+\.\d+)(?=[a-z])/i;

/** `...enterprise:2.0User` stands in an old printed example and lives on in configurations. */
export const mendUrn = (urn: string): string => urn.replace(slip, ':$1:');

export const hasUrnSlip = (name: string): boolean => /^urn:/i.test(name) && slip.test(name);
