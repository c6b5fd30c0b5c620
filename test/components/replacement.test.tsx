import {describe, expect, test} from 'vitest';
import type {Scene} from '../../src/engine/scene.js';
import {isProblem} from '../../src/engine/step.js';
import {replaceAccessKey} from '../../src/steps/index.js';
import {
	begun,
	type Case,
	fresh,
	halted,
	key,
	knownOf,
	made,
	moved,
	off,
	old,
	others,
	plan,
	unused,
} from '../steps/replace/plans.js';
import {framesAt} from './frames.js';
import {scene, seen} from './step-scenes.js';

const names = {OLD: 'AKIAIOSFODNN7EXAMPLE', NEW: 'AKIAI44QH8DHBEXAMPLE', OTHER: 'AKIAIOSFODNN8EXAMPLE'};
/** With ids as long as AWS's. */
const withIds = <T,>(it: T): T =>
	JSON.parse(
		Object.entries(names).reduce(
			(text, [name, id]) => text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), id),
			JSON.stringify(it),
		),
	) as T;

/** The screen of a step of the replacement, from what it really plans. */
function screenOf(id: string, it: Case): Scene {
	const step = replaceAccessKey.steps.findIndex(each => each.id === id);
	const {title, name, guide} = replaceAccessKey.steps[step] ?? expect.unreachable(id);
	const more: Partial<Scene> = {
		step: {at: step, last: replaceAccessKey.steps.length - 1, title, name, guide},
		done: replaceAccessKey.steps.slice(0, step).map(each => each.name),
	};
	const planned = withIds(plan(id, it));
	return isProblem(planned)
		? scene({at: 'stopped', problem: planned}, {...more, opens: ['overrideReason']})
		: scene({at: 'review', plan: planned}, {...more, changes: planned.changes.map(each => seen(each))});
}
/** The form of the step that hands over, with its sheet. */
function sheetOf(it: Case): Scene {
	const known = knownOf(it);
	const step = replaceAccessKey.steps.find(each => each.id === 'switch-key') ?? expect.unreachable();
	const fields = (step.fields?.(known) ?? []).map(field => ({field, settled: false}));
	const shows = step.shows?.(known);
	const sheet = (shows?.lines ?? []).map(line => ({...line, value: String(line.value)}));
	return {
		...withIds(
			scene({at: 'form'}, {step: {...screenOf('switch-key', it).step}, answers: {}, sheet, intro: shows?.intro}),
		),
		fields,
	};
}
const rotated = {newKeyRotated: true};
const healthy = {...rotated, npsHealthy: true};

describe('what a replacement waits for fits the screen, the question first', () => {
	const screens: readonly (readonly [string, string, Case])[] = [
		[
			'which of two access keys is NPS’s',
			'replaced-key',
			{keys: [old, others], facts: {accessKeyId: 'OLD'}, delivered: ['OLD']},
		],
		[
			'the other one goes, against what the record says',
			'replaced-key',
			{keys: [old, others], facts: {accessKeyId: 'OLD'}, delivered: ['OLD'], answers: {removeAccessKey: 'OLD'}},
		],
		['no room for the new one', 'new-access-key', {keys: [old, others], facts: begun, delivered: ['OLD']}],
		['SbPAM.RotateAwsKey is to be run', 'switch-key', {keys: [old, unused], facts: made}],
		['the old one is Inactive before it was', 'switch-key', {keys: [halted, unused], facts: made}],
		['AWS does not show it yet', 'switch-key', {keys: [old, unused], facts: made, answers: rotated}],
		[
			'the old one may still be in use',
			'retire-key',
			{keys: [key('OLD', true, '10:00'), fresh], facts: moved, answers: rotated},
		],
		['the old one is to be Inactive', 'retire-key', {keys: [old, fresh], facts: moved, answers: rotated}],
		['is NPS healthy', 'remove-key', {keys: [halted, fresh], facts: moved, answers: rotated}],
		['the old one may be deleted', 'remove-key', {keys: [halted, fresh], facts: moved, answers: healthy}],
		[
			'the old one is deleted',
			'remove-key',
			{keys: [halted, fresh], facts: moved, described: ['OLD'], answers: {...healthy, deleteAccessKey: 'OLD'}},
		],
		[
			'the old one is Active again',
			'remove-key',
			{keys: [old, fresh], facts: moved, answers: {...rotated, activeAgain: 'OLD'}},
		],
		['the new one is Inactive', 'new-access-key', {keys: [halted, off], facts: moved, answers: rotated}],
	];
	test('the values for SbPAM.RotateAwsKey, and whether it has run', async () => {
		const {wide} = await framesAt(sheetOf({keys: [old, unused], facts: made}));
		expect(wide).toMatchSnapshot();
	});
	test.each(screens)('%s', async (_name, id, it) => {
		const {wide} = await framesAt(screenOf(id, it));
		expect(wide).toMatchSnapshot();
	});
});
