import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import {clean, test} from './at-a-desk.js';
import {Desk} from './desk.js';
import {entering} from './enter.js';
import {sizes} from './terminal.js';

const administrator = 'arn:aws:iam::111122223333:user/admin';
const boundary = 'arn:aws:iam::aws:policy/AdministratorAccess';
/** Other answers than the suggested ones, to every question. */
const answersFor = ({home}: Desk) => ({
	policyName: 'Lab_Policy',
	policyDescription: 'for the lab',
	tags: {team: 'pam', cost: '4711'},
	path: '/lab/',
	userName: 'lab-user',
	consoleAccess: true,
	consolePasswordFile: join(home, 'password.csv'),
	permissionsBoundary: boundary,
	accessKeyDescription: 'NPS of the lab',
	secretFile: join(home, 'secret.csv'),
	keyAlias: 'lab-key',
	keyDescription: 'protects the lab',
	keyAdministrators: [administrator],
	keyRotation: false,
});

/** What was sent: every change, and all that was tried with the new access key; what is random stands as the nth of its kind. */
function sent({heard}: Desk): readonly unknown[] {
	const names = new Map<string, string>();
	const named = (kind: string, it: string): string => {
		if (!names.has(it)) names.set(it, `${kind} ${names.size}`);
		return names.get(it) ?? '';
	};
	const all = heard
		.filter(it => !/^(Get|List|Lookup|Describe|Simulate)/.test(it.api) || it.caller?.arn.endsWith('user/lab/lab-user'))
		.map(({api, input, caller, status}) => ({api, status, by: caller?.arn, input: JSON.stringify(input)}))
		.map(it => ({
			...it,
			input: it.input
				.replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, id => named('id', id))
				.replaceAll(/\bAKIA[A-Z0-9]{16}\b/g, id => named('access key', id))
				.replaceAll(/"(Plaintext|CiphertextBlob|Password|nps-kms:id)":"[^"]*"/g, '"$1":"random"')
				.replaceAll(/"Key":"nps-kms:id","Value":"[^"]*"|"TagKey":"nps-kms:id","TagValue":"[^"]*"/g, '"nps-kms:id"'),
		}));
	// The checks go side by side: in which order they arrive is no matter.
	const isTried = ({by = ''}: (typeof all)[number]): boolean => by.endsWith('user/lab/lab-user');
	const tried = all.filter(isTried).map(it => JSON.stringify(it));
	return [...all.filter(it => !isTried(it)), ...tried.sort()];
}

async function byFlags(desk: Desk): Promise<readonly unknown[]> {
	const answers = join(desk.home, 'answers.json');
	writeFileSync(answers, JSON.stringify(answersFor(desk)));
	const {code, stderr} = await desk.pipe({args: ['setup', '--yes', '--answers', answers]});
	expect({code, stderr}).toEqual({code: 0, stderr: ''});
	return sent(desk);
}

test.concurrent.for(['wide', 'narrow'] as const)(
	'the screens, %s, send what --yes sends with the same answers',
	async (size, {desk}) => {
		const flags = await Desk.set();
		try {
			expect(await onScreens(desk, size)).toEqual(await byFlags(flags));
		} finally {
			await flags.clear();
		}
	},
);
test.concurrent('line by line in a terminal, the calls are those of --yes with the same answers', async ({desk}) => {
	const flags = await Desk.set();
	try {
		expect(await lineByLine(desk)).toEqual(await byFlags(flags));
	} finally {
		await flags.clear();
	}
});

async function onScreens(desk: Desk, size: keyof typeof sizes): Promise<readonly unknown[]> {
	const it = answersFor(desk);
	const terminal = desk.open({size: sizes[size]});
	await entering(terminal, 'Step 1 of 7');
	terminal.type(`${it.policyName}\t`, 'NPS_KMS_Policy'.length);
	terminal.type(`${it.policyDescription}\t`);
	terminal.type('team=pam, cost=4711');
	await terminal.sees('cost=4711');
	terminal.press('tab');
	await terminal.sees('▸ IAM path');
	terminal.type(it.path, 1);
	await terminal.sees(it.path);
	await entering(terminal, 'Step 2 of 7');
	terminal.type(`${it.userName}\t`, 'nps-kms-user'.length);
	await terminal.sees('▸ Console access');
	terminal.press('y');
	await terminal.sees('▸ yes');
	terminal.press('tab');
	await terminal.sees('▸ Password goes to');
	terminal.type(it.consolePasswordFile, 200);
	await terminal.sees('password.csv');
	terminal.press('tab');
	await terminal.sees('▸ Permissions boundary');
	terminal.type(it.permissionsBoundary);
	await terminal.sees('AdministratorAccess');
	await entering(terminal, 'Step 3 of 7');
	terminal.type(`${it.accessKeyDescription}\t\t`);
	await terminal.sees('▸ Secret file');
	terminal.type(it.secretFile, 200);
	await terminal.sees('secret.csv');
	await entering(terminal, 'Step 4 of 7');
	terminal.type(`${it.keyAlias}\t`, 'nps-kms-key'.length);
	terminal.type(`${it.keyDescription}\t`);
	await terminal.sees('[ ] ');
	terminal.type('admin ');
	await terminal.sees('[x] ');
	terminal.press('tab');
	await terminal.sees('▸ KMS rotates');
	terminal.press('n');
	await terminal.sees('▸ no');
	await entering(terminal);
	expect(await terminal.ends()).toEqual(clean(0));
	return sent(desk);
}

async function lineByLine(desk: Desk): Promise<readonly unknown[]> {
	const it = answersFor(desk);
	const terminal = desk.open({args: ['--plain']});
	/** The answers that are not Enter alone, by what the question begins with, in their order. */
	const told: [string, string][] = [
		['Policy name', it.policyName],
		['Description', it.policyDescription],
		['Tags', 'team=pam, cost=4711'],
		['IAM path', it.path],
		['User name', it.userName],
		['Console access', 'yes'],
		['Password goes to', it.consolePasswordFile],
		['Permissions boundary', it.permissionsBoundary],
		['Description tag', it.accessKeyDescription],
		['Secret file', it.secretFile],
		['Alias', it.keyAlias],
		['Description', it.keyDescription],
		['Key administrators', administrator],
		['KMS rotates', 'no'],
	];
	let asked = 0;
	for (;;) {
		// A question breaks between words: its last line is seldom its first.
		const question = (): string => {
			const text = terminal.history.trimEnd();
			return text.endsWith(']:') ? text.slice(Math.max(0, text.slice(0, -2).lastIndexOf(']:'))) : '';
		};
		const count = (): number => terminal.history.split('\n').filter(line => /\]:/.test(line)).length;
		await terminal.until(() => terminal.over || (question() !== '' && count() > asked), 'there is another question');
		if (terminal.over || asked > 40) break;
		asked = count();
		const [next] = told;
		if (next && question().includes(`\n${next[0]}`)) {
			terminal.type(`${next[1]}\r`);
			told.shift();
		} else if (/\d yes/.test(question()) || question().includes('Have you run SbPAM.RotateAwsKey'))
			await terminal.approve();
		else terminal.press('enter');
	}
	expect(told).toEqual([]);
	expect(await terminal.ends()).toEqual(clean(0));
	return sent(desk);
}
