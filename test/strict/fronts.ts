import {spawn} from 'node:child_process';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {expect} from 'vitest';
import {permissions} from '../../src/commands/permissions/needed-policy.js';
import {record} from '../../src/commands/record/record.js';
import {printCommands} from '../../src/commands/setup/print-commands.js';
import type {Scene} from '../../src/engine/scene.js';
import type {Event} from '../../src/engine/wizard.js';
import {ask, type MakeAsking} from '../../src/front/asking.js';
import {inLines} from '../../src/front/line-by-line.js';
import type {Run} from '../../src/run/run.js';
import {setup} from '../../src/steps/index.js';
import type {Bench} from '../contract/in-process.js';
import {exitCode} from '../exit-codes.js';
import {pathWithAws} from '../sandbox/aws-cli.js';

function runOf({home}: Bench, options: object, out: string[], err: string[]): Run {
	return {
		course: setup,
		others: [],
		options: {setup: 'nps', secretFile: join(home, 'secret.csv'), prove: false, ...options},
		env: {...process.env, NPS_KMS_HOME: home, NPS_KMS_PATIENCE: '0.0001'},
		outlet: {json: false, out: it => void out.push(it), err: it => void err.push(it)},
		version: '0.0.0',
		now: new Date(),
	};
}

/** A person at the screens; where they do nothing of their own, they press Enter, and q where it stops. */
export async function onScreens(
	bench: Bench,
	event: (scene: Scene) => Event | undefined | Promise<Event | undefined>,
	options: object = {},
	drawn: (scene: Scene) => void = () => undefined,
): Promise<{readonly code: number; readonly scenes: readonly Scene[]}> {
	const scenes: Scene[] = [];
	const make: MakeAsking = () => ({
		draw: drawn,
		async ask(scene) {
			scenes.push(scene);
			if (scenes.length > 60) throw new Error('the answers lead nowhere');
			const {phase, fields, answers} = scene;
			const usual = Object.fromEntries(fields.map(({field}) => [field.name, answers[field.name] ?? '']));
			if (phase.at === 'form') return (await event(scene)) ?? {type: 'submitted', answers: usual};
			return (await event(scene)) ?? (phase.at === 'review' ? {type: 'approved'} : {type: 'quit'});
		},
		secret: async () => undefined,
		home: async () => ({chosen: 'go'}),
		end: async () => undefined,
	});
	const code = exitCode[await ask(runOf(bench, options, [], []), make, () => undefined)];
	return {code, scenes};
}

/** A person line by line: what is answered to a question, by its beginning, once; Enter to all others. */
export async function lineByLine(
	bench: Bench,
	said: readonly (readonly [question: string, answer: string])[],
	options: object = {},
): Promise<{readonly code: number; readonly text: string; readonly questions: readonly string[]}> {
	const stdin = new PassThrough();
	const left = [...said];
	const told: string[] = [];
	const questions: string[] = [];
	const write = (text: string): void => {
		told.push(text);
		if (!text.endsWith(': ') && !text.endsWith('? ')) return;
		const question = text.slice(text.lastIndexOf('\n') + 1);
		questions.push(question);
		const at = left.findIndex(([it]) => question.startsWith(it));
		const answer = at < 0 ? undefined : left.splice(at, 1)[0]?.[1];
		stdin.write(`${answer ?? ''}\n`);
	};
	const code = exitCode[await ask(runOf(bench, options, told, told), inLines({stdin, write}), () => undefined)];
	expect(left, told.join('\n')).toEqual([]);
	return {code, text: told.join('\n'), questions};
}

/** What `setup --print-commands` prints for a shell. */
export async function printed(bench: Bench, shell: 'bash' | 'powershell', options: object = {}): Promise<string> {
	const [out, err]: [string[], string[]] = [[], []];
	const how = await printCommands(runOf(bench, {shell, printCommands: true, ...options}, out, err), () => undefined);
	expect(how, err.join('\n')).toBe('done');
	return out.join('\n');
}

/** Somebody else, with credentials of the same account, runs a printed script. */
export async function runInBash(bench: Bench, text: string): Promise<void> {
	const {AWS_PROFILE: _profile, ...env} = process.env;
	const folder = mkdtempSync(join(bench.home, 'elsewhere-'));
	writeFileSync(join(folder, 'script.sh'), text);
	const script = spawn('bash', [join(folder, 'script.sh')], {
		env: {...env, HOME: folder, PATH: await pathWithAws()},
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	expect(await new Promise(done => script.on('close', done))).toBe(0);
}

/** The statements that `nps-kms permissions` prints, by action. */
export async function needed(
	bench: Bench,
	options: object,
): Promise<ReadonlyMap<string, {readonly Action: readonly string[]; readonly Resource: string | readonly string[]}>> {
	const out: string[] = [];
	await permissions(runOf(bench, options, out, []), () => undefined);
	const {Statement: all} = JSON.parse(out.join('\n')) as {
		Statement: {readonly Action: readonly string[]; readonly Resource: string | readonly string[]}[];
	};
	return new Map(all.flatMap(it => it.Action.map(action => [action, it] as const)));
}

/** The change record, as Markdown. */
export function changeRecord({home}: Bench): string {
	const out: string[] = [];
	const env = {...process.env, NPS_KMS_HOME: home};
	record({setup: 'nps'}, {env, courses: []}, {out: it => void out.push(it), err: () => undefined});
	return out.join('\n');
}
