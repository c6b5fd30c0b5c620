/** A time (ISO 8601, UTC, where it is text) as people read it, to the minute: `2026-11-26 22:49 UTC`. */
export const timeInWords = (at: Date | string): string =>
	`${(typeof at === 'string' ? at : at.toISOString()).slice(0, 16).replace('T', ' ')} UTC`;
