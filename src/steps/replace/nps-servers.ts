import {type Facts, type Field, type Known, textAnswer} from '../../engine/step.js';

declare module '../../engine/facts.js' {
	interface FactNames {
		/** How many NPS servers reach KMS, as the person said, and `shared` if they do by one address. */
		npsServers: string;
	}
}

/** How many NPS servers there are to be seen: asked once, and kept for the next replacement. */
export const npsServers: readonly Field[] = [
	{
		name: 'npsServers',
		label: 'How many NPS servers reach KMS?',
		kind: 'text',
		optional: true,
		settles: 'never',
		hint: 'not known if empty',
		suggest: async (_look, {facts}) => (facts.npsServers ?? '').split(' ')[0] ?? '',
		wrong: it => (/^([1-9]\d{0,2})?$/.test(String(it)) ? undefined : 'A whole number from 1 to 999'),
	},
	{
		name: 'npsShareAddress',
		label: 'Do they share one address?',
		kind: 'yes-no',
		settles: 'never',
		hint: 'as behind one NAT or proxy',
		suggest: async (_look, {facts}) => facts.npsServers?.endsWith(' shared') === true,
		when: answers => Number(answers['npsServers'] ?? 0) > 1,
	},
];

/** How many there are, one where nobody said, and whether they share an address. */
export function npsServersIn({answers, facts}: Known): {readonly servers: number; readonly share: boolean} {
	const said = textAnswer(answers, 'npsServers') || (facts.npsServers ?? '').split(' ')[0];
	const servers = Number(said || 1);
	const share = answers['npsShareAddress'] ?? facts.npsServers?.endsWith(' shared') === true;
	return {servers, share: servers > 1 && share === true};
}
/** What the next replacement is to know of it. */
export function npsServersFact(known: Known): Facts {
	const said = textAnswer(known.answers, 'npsServers');
	return said ? {npsServers: `${said}${npsServersIn(known).share ? ' shared' : ''}`} : {};
}
