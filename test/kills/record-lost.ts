import {accountIn, difference, leaks, pictureOf} from './end-state.js';
import {places} from './flows.js';
import type {Arena, Ran, World} from './killed-process.js';
import {type Known, otherwise} from './killing.js';

/**
 * Loses the record of a killed run and takes the setup up by its tags. Tells how that ends: the same account, at once or with
 * another file for a secret whose own is taken, or with an access key that is named, left alone, and replaced only on request.
 */
export async function recovered(known: Known, left: World, arena: Arena): Promise<string> {
	arena.enter(left);
	arena.loseState();
	const how = new Set<string>();
	const ran = await runOn(arena, [...known.flow.flags, '--recover'], how);
	const touched = ran.trace.filter(it => /:(Update|Delete)AccessKey$/.test(it.says));
	if (touched.length > 0) return `an access key was touched unasked:\n${touched.map(it => it.says).join(', ')}`;
	const {account, files} = arena.world();
	const undelivered = account.users['nps-kms-user']?.accessKeys.find(
		it => !Object.values(files).some(file => file.text.includes(it.secret)),
	);
	if (!undelivered) return wrong(ran, arena.world(), known.wanted) ?? ([...how].join(', ') || 'same');
	const named = ran.code === 0 && ran.said.includes(`Access key ${undelivered.id} is presumed to be in use`);
	if (!named) return `the key ${undelivered.id} is not named:\n${ran.said}`;
	how.add('key named and kept');
	const last = await runOn(arena, [...known.flow.flags, '--recover', '--remove-access-key', undelivered.id], how);
	return wrong(last, arena.world(), known.wanted) ?? [...how].join(', ');
}

/** Runs, and again with another file where a secret's own was begun by the run whose record is lost. */
async function runOn(arena: Arena, flags: readonly string[], how: Set<string>): Promise<Ran> {
	let given = flags;
	for (let turn = 1; ; turn++) {
		const ran = await arena.run(given);
		const name = ran.said.includes('[EEXIST]') ? /(password|secret) can't go to/.exec(ran.said)?.[1] : undefined;
		if (ran.code === 0 || name === undefined || turn === 3) return ran;
		given = given.map(it => (it === `<HOME>/${name}.csv` ? `<HOME>/another-${name}.csv` : it));
		how.add(`another ${name} file`);
	}
}

function wrong(ran: Ran, world: World, wanted: string): string | undefined {
	const found = leaks(world, ran, places);
	if (found.length > 0) return found.join(', ');
	if (ran.code !== 0) return otherwise(ran, world, wanted);
	const [got, had] = [accountIn(pictureOf(world)), accountIn(wanted)];
	return got === had ? undefined : `another account:\n${difference(got, had)}`;
}

/** What a run without the record can be guided by: the account and the files that aren't of the state. */
export const withoutState = (left: World): string =>
	JSON.stringify([
		accountIn(pictureOf(left)),
		Object.entries(left.files)
			.filter(([name]) => name.endsWith('.csv'))
			.map(([name, {text}]) => [name, text.length]),
	]);
