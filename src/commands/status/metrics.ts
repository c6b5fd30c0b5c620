import {visible} from '../../engine/control-characters.js';
import type {Stands} from './stands.js';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];
/** A gauge: its name, with its unit in it, what it tells, and what it tells of each setup. */
type Metric = {readonly name: string; readonly help: string; of(it: Stands): readonly Sample[]};

const states = ['ok', 'differs', 'unknown'] as const;
const stateOf = (it: Stands): (typeof states)[number] => {
	if ('problem' in it) return 'unknown';
	return it.comesTo === 'done' ? 'ok' : it.comesTo === 'differs' ? 'differs' : 'unknown';
};
const seconds = (at: string): number => Math.floor(Date.parse(at) / 1000);
const wholeOf = (it: Stands) => ('whole' in it ? it.whole : undefined);
const accessKeyOf = (it: Stands) => wholeOf(it)?.accessKey;

/** All that is told, in the order of the file. https://prometheus.io/docs/practices/naming/ */
const metrics: readonly Metric[] = [
	{
		name: 'nps_kms_setup_info',
		help: 'Where a setup is; always 1.',
		of({setup, ...it}) {
			const {account = '', region = '', accessKey} = wholeOf({setup, ...it} as Stands) ?? {};
			return [[{setup, account, region, access_key_id: accessKey?.id ?? ''}, 1]];
		},
	},
	{
		name: 'nps_kms_setup_state',
		help: 'Whether a setup is as it was left (ok), differs, or could not be told (unknown): 1 for what holds.',
		of: it => states.map(state => [{setup: it.setup, state}, stateOf(it) === state ? 1 : 0]),
	},
	{
		name: 'nps_kms_looked_timestamp_seconds',
		help: 'When AWS was looked at, by its clock.',
		of(it) {
			const at = wholeOf(it)?.at;
			return at === undefined ? [] : [[{setup: it.setup}, seconds(at)]];
		},
	},
	{
		name: 'nps_kms_step_differences',
		help: 'How many things of a step are otherwise than the set-up left them.',
		of: it =>
			(wholeOf(it)?.told ?? []).map(({step, differences}) => [{setup: it.setup, step: step.id}, differences.length]),
	},
	{
		name: 'nps_kms_difference_info',
		help: 'One thing that differs, by its code in docs/status.md; always 1.',
		of: it =>
			(wholeOf(it)?.told ?? []).flatMap(({step, differences}) =>
				differences.map(({code, subject}): Sample => [{setup: it.setup, step: step.id, code, subject}, 1]),
			),
	},
	{
		name: 'nps_kms_access_key_active',
		help: "Whether NPS's access key is Active; not there where it could not be looked at.",
		of(it) {
			const {status = 'unknown'} = accessKeyOf(it) ?? {};
			return status === 'unknown' ? [] : [[{setup: it.setup}, status === 'Active' ? 1 : 0]];
		},
	},
	{
		name: 'nps_kms_access_key_created_timestamp_seconds',
		help: "When NPS's access key was made.",
		of(it) {
			const {madeAt} = accessKeyOf(it) ?? {};
			return madeAt === undefined ? [] : [[{setup: it.setup}, seconds(madeAt)]];
		},
	},
	{
		name: 'nps_kms_access_key_replace_by_timestamp_seconds',
		help: "The beginning of the day, in UTC, on which NPS's access key is 90 days old.",
		of(it) {
			const {replaceBy} = accessKeyOf(it) ?? {};
			return replaceBy === undefined ? [] : [[{setup: it.setup}, seconds(replaceBy)]];
		},
	},
];

/**
 * How the setups stand, as a file for the textfile collector.
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export const metricsOf = (all: readonly Stands[]): string =>
	metrics
		.flatMap(({name, help, of}) => {
			const samples = new Map(all.flatMap(of).map(([labels, value]) => [`${name}{${told(labels)}}`, value]));
			if (samples.size === 0) return [];
			return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...[...samples].map(it => it.join(' '))];
		})
		.map(it => `${it}\n`)
		.join('');
const told = (labels: Labels): string =>
	Object.entries(labels)
		.map(([name, value]) => `${name}="${escaped(value)}"`)
		.join(',');
/** Backslash, quote and line feed are escaped in a value; no other character that a terminal obeys gets this far. */
const escaped = (value: string): string => visible(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
