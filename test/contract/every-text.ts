import {join} from 'node:path';
import type {Host} from '../../src/commands/command.js';
import {doctorCommand} from '../../src/commands/doctor/index.js';
import {list} from '../../src/commands/list/list.js';
import {recordCommand} from '../../src/commands/record/index.js';
import {record as records} from '../../src/commands/record/record.js';
import {discard, proveAgain, replaceAccessKey, setup} from '../../src/steps/index.js';
import {here, say} from './watched.js';

const courses = [setup, proveAgain, discard, replaceAccessKey];
/** What a line looks like where something that it names is missing, or can't be known. */
const hole = new RegExp(
	[
		String.raw`undefined|\bnull\b|NaN|Invalid Date|\[object|Infinity|\{\$`,
		String.raw`\( *\)|“”|‘’|(?<!\w)''|""|(?<!\`)\`\`(?!\`)`,
		String.raw`\( |\S \)|,,| [.,;](?= |$)|\S :(?= |$)|[^.]\.\.(?= |$)`,
		String.raw`\b(?:with|of|for|by|to|at|since|on|in|from|the|is) {2,}\S`,
		String.raw`\b(?:with|of|for|by|to|since|the)[ ,.]*$|,[ ,]*$`,
		String.raw`\b(?:by|at|of|in|the) (?:at|by|of|on|for)\b(?! once| hand| all| least| most| the)`,
		'[Cc]ame back meanwhile',
	].join('|'),
);
export const holesIn = (lines: readonly string[]): readonly string[] => [
	// What a policy allows stands in columns.
	...new Set(
		lines.filter(it =>
			hole.test(it.trim().replaceAll(/ {2}(?=on|to|if|kms:)|(?<=[oO]n|to|if|Allow|Deny) {2}(?=\S)/g, ' ')),
		),
	),
];

/** Every text that stands in what programs are told. */
function textsIn(it: unknown, name = ''): readonly string[] {
	if (typeof it === 'string') return [it === '' ? `"" (${name})` : it];
	if (typeof it !== 'object' || it === null) return [];
	return Object.entries(it).flatMap(([key, one]) => textsIn(one, `${name}.${key}`));
}
const inJson = (lines: readonly string[]): readonly string[] => lines.flatMap(it => textsIn(JSON.parse(it)));

/** What each way of looking tells of the set-up that stands, changing nothing; by where it is told. */
export async function everyText(doctor: boolean): Promise<readonly (readonly [string, readonly string[]])[]> {
	const bench = here();
	const env = {...process.env, NPS_KMS_HOME: bench.home};
	const told: (readonly [string, readonly string[]])[] = [];
	const put = async (name: string, run: (lines: string[]) => unknown): Promise<void> => {
		const lines: string[] = [];
		try {
			await run(lines);
		} catch (error) {
			const {problem} = error as {problem?: object};
			lines.push(...(problem ? textsIn(problem) : [`undefined: ${(error as Error).stack ?? ''}`]));
		}
		told.push([name, lines.flatMap(it => it.split('\n'))]);
	};
	// Its lines are wrapped: one may end anywhere.
	await put('status', async lines => lines.push(...(await say(false)).lines.map(it => `${it} …`)));
	await put('status --json', async lines => lines.push(...inJson((await say(true)).lines)));
	for (const [name, course, options] of [
		['setup', setup, {}],
		['replace-access-key', replaceAccessKey, {secretFile: join(bench.home, 'new.csv')}],
		['discard', discard, {confirm: 'nps'}],
	] as const)
		await put(`${name} --dry-run`, async lines => {
			const ran = await bench.run(course, {dryRun: true, ...options});
			lines.push(...textsIn(ran.lines), ...ran.said.split('\n'));
		});
	for (const json of [false, true]) {
		const flags = {setup: 'nps', json};
		const kept = (lines: string[]) => ({
			out: (it: string) => void lines.push(...(json ? inJson([it]) : [it])),
			err: (it: string) => void lines.push(it),
			foldable: async () => undefined,
		});
		const host = (lines: string[]): Host =>
			({env, version: '0.0.0', courses, commands: [], lines: kept(lines)}) as never;
		await put(`record ${json}`, lines => records(flags, host(lines), kept(lines)));
		await put(`record --compliance ${json}`, lines =>
			recordCommand.run({...flags, compliance: true}, {...host(lines), endNow: () => undefined}),
		);
		await put(`list ${json}`, lines => list(flags, host(lines)));
		if (doctor)
			await put(`doctor ${json}`, lines => doctorCommand.run({setup: 'nps', json, region: 'eu-west-1'}, host(lines)));
	}
	return told;
}
