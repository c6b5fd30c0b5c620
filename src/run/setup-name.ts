/** The rule that a setup's name breaks, in words. */
export function wrongSetupName(value: string): string | undefined {
	if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(value) && !/^(con|prn|aux|nul|com\d|lpt\d)$/.test(value)) return undefined;
	return 'A name has 1-40 lower-case letters, digits and -, starts with no -, and is no device name of Windows';
}
