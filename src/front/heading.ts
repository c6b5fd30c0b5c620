/** The first line of all that people read. */
export const heading = (version: string): string => `nps-kms ${version} · AWS KMS set-up for Netwrix Privilege Secure`;
