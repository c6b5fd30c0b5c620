/** What a stopped step did, did perhaps, and what stands from before, each as "verb subject" or a step's name. */
export type Standing = {
	readonly changed: readonly string[];
	readonly inDoubt: readonly string[];
	readonly done: readonly string[];
};

/** What did and did not change, in sentences that every front end tells with a problem. */
export function whatChanged({changed, inDoubt, done}: Standing): readonly string[] {
	const told: string[] = [];
	if (changed.length > 0) told.push(`Changed in this step: ${changed.join('; ')}.`);
	if (inDoubt.length > 0) told.push(`Perhaps done, the next look will tell: ${inDoubt.join('; ')}.`);
	if (told.length === 0) told.push('Nothing changed in this step.');
	if (done.length > 0) told.push(`Done and kept: ${done.join(', ')}.`);
	return told;
}
