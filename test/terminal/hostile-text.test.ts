import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {mildPoison, poison, poisoned, unseenIn} from '../field/poison.js';
import {test} from './at-a-desk.js';
import type {Desk} from './desk.js';
import {entering} from './enter.js';
import type {Terminal} from './terminal.js';

/** A colour that no screen of ours has, so that it is told from theirs. */
const strange = '\u001B[38;5;201m';
const theirs = `them${strange}${poison}`;
/** What a screen draws with: moves, colours and modes, but not that colour. */
const drawing = new RegExp(`${'\u001B'}\\[[\\d;?>=]*[A-Za-z]|[\\r\\n]`, 'g');
/** The terminal got nothing of what others wrote but what is seen. */
function obeysNothing({bytes}: Terminal): void {
	expect(bytes).not.toContain(strange);
	expect(bytes).not.toContain('\u001B]52');
	expect(unseenIn(bytes, drawing)).toEqual([]);
}
type Statements = {readonly Statement: object[]};
const withTheirs = (document: string, more: object): string =>
	JSON.stringify({
		...(JSON.parse(document) as object),
		Statement: [
			...(JSON.parse(document) as Statements).Statement,
			{Sid: `Theirs${theirs}`, Effect: 'Deny', Action: `kms:Encrypt${theirs}`, ...more, Resource: `*${theirs}`},
		],
	});
const tags = [
	{Key: 'team', Value: `it${mildPoison}`},
	{Key: `owner${mildPoison}`, Value: 'them'},
];
/** Documents, Sids and tags of a set-up that was made, and its record, as others could have written them. */
function written(desk: Desk): void {
	const {account} = desk.sandbox;
	for (const it of [
		...Object.values(account.policies),
		...Object.values(account.users),
		...Object.values(account.keys),
	])
		if (Array.isArray(it.tags) && it.tags.length > 0) it.tags.push(...structuredClone(tags));
	for (const it of Object.values(account.policies))
		if (it.name === 'NPS_KMS_Policy')
			for (const version of it.versions) Object.assign(version, {document: withTheirs(version.document, {})});
	for (const it of Object.values(account.keys))
		if (it.policy.includes('Allow use of the key'))
			Object.assign(it, {policy: withTheirs(it.policy, {Principal: {AWS: '*'}})});
	const record = join(desk.home, 'state/setups/nps.json');
	const told = /^(host|version|caller|accountAlias|message|subject|why|says|because|requestId|policyDescription)$/;
	const kept = JSON.parse(readFileSync(record, 'utf8')) as unknown;
	writeFileSync(record, JSON.stringify(poisoned(kept, key => !told.test(key), `${strange}${poison}`)));
}

test.concurrent('home, what a look finds, its guide and its details obey nothing that others wrote', async ({desk}) => {
	await desk.pipe({args: ['setup', '--yes', '--no-prove', '--secret-file', `${desk.home}/secret.csv`]});
	written(desk);
	const shown = new Set<number>();
	for (const at of [1, 2, 3]) {
		const terminal = desk.open();
		await terminal.sees('or 1-7 choose');
		if (at > 1) terminal.press(String(at === 2 ? 3 : 1));
		terminal.press('enter');
		await terminal.until(() => terminal.over || /\\u\{/.test(terminal.history) || terminal.shows('?'), 'it goes on');
		terminal.press('?');
		await terminal.becomes(() => terminal.shows('back'));
		terminal.press('escape');
		await terminal.becomes(() => /\\u\{/.test(terminal.history));
		terminal.press('ctrlC');
		await terminal.ends();
		if (terminal.history.includes('\\u{')) shown.add(at);
		obeysNothing(terminal);
	}
	expect(shown.size).toBeGreaterThan(0);
});
test.concurrent('a name that is taken, and what there is to know of it, obey nothing that others wrote', async ({
	desk,
}) => {
	await desk.pipe({args: ['setup', '--yes', '--no-prove', '--secret-file', `${desk.home}/secret.csv`]});
	written(desk);
	for (const {tags} of Object.values(desk.sandbox.account.policies))
		for (const it of tags ?? []) if (it.Key === 'nps-kms:setup') Object.assign(it, {Value: `nps${mildPoison}`});
	const terminal = desk.open({args: ['--setup', 'other', '--policy-name', 'NPS_KMS_Policy']});
	await entering(terminal, 'NPS_KMS_Policy', '\\u{');
	terminal.press('?');
	await terminal.becomes(() => terminal.shows('back'));
	terminal.press('ctrlC');
	await terminal.ends();
	obeysNothing(terminal);
});
