import type {Known} from '../../engine/step.js';

/**
 * Whether a key policy that this record certainly wrote named it; of one that it wrote none of, all that it wanted was
 * there.
 */
export function wasNamed(who: string, known: Known): boolean {
	const {calls, facts} = known;
	if (who === facts.userArn && isNewUser(known)) return false;
	const unsure = known.of('managed-key').past.flatMap(it => (it.outcome ? [] : [it.change.call]));
	const written = calls
		.filter(({call: {api}}) => api === 'kms:CreateKey' || api === 'kms:PutKeyPolicy')
		.filter(({call}) => call.api === 'kms:CreateKey' || !unsure.includes(call))
		.map(({call: {input}}) => JSON.stringify(input['Policy'] ?? ''));
	// A printed call names what wasn't known yet by its fact.
	const names = [who, ...(who === facts.userArn ? ['"$fact":"userArn"'] : [])];
	return written.length === 0 || written.some(it => names.some(name => it.includes(name)));
}

/** Whether the set-up itself took its user back since, and made another, whom no key policy has named yet. */
function isNewUser(known: Known): boolean {
	const made = known.of('user').past.filter(it => it.change.id === 'create-user');
	const last = (all: Known['past']): number =>
		Math.max(0, ...all.filter(it => it.outcome === 'done').map(it => it.run));
	const written = known.past.filter(it => it.change.id === 'create-key' || it.change.id === 'put-key-policy');
	return made.some(it => it.outcome === 'undone') && last(made) > last(written);
}
