import {describe, expect, test} from 'vitest';
import type {Choice, Field} from '../../src/engine/step.js';
import {mountStep} from './frames.js';
import {scene} from './step-scenes.js';
import {turns} from './turns.js';

const people: readonly Choice[] = ['anna', 'ben', 'admin'].map(name => ({
	value: `arn:aws:iam::111122223333:user/${name}`,
	label: `user/${name}`,
}));
const administrators: Field = {name: 'administrators', label: 'Key administrators', kind: 'many', optional: true};
const region: Field = {name: 'region', label: 'Region', kind: 'one'};
const regions = ['eu-west-1', 'eu-west-2', 'eu-north-1', 'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'];
const many = scene(
	{at: 'form'},
	{answers: {administrators: []}, fields: [{field: administrators, settled: false, choices: people}]},
);
const one = scene(
	{at: 'form'},
	{
		answers: {region: 'eu-west-1'},
		fields: [{field: region, settled: false, choices: regions.map(value => ({value, label: value}))}],
	},
);
const paste = (text: string): string => `\u001B[200~${text}\u001B[201~`;
const [anna, ben] = people.map(it => it.value);
const stranger = 'arn:aws:iam::111122223333:role/other';

describe('a paste into a list of many', () => {
	test.each([
		['several lines', `${anna}\r\n${ben}\r\n`, [anna, ben]],
		['several with commas', `${anna}, ${ben}`, [anna, ben]],
		['names as they are listed', 'user/ben\nuser/anna', [ben, anna]],
		['one that nothing lists', `${ben}\n${stranger}\n`, [ben, stranger]],
		['one ARN and its line end', `${anna}\n`, [anna]],
	])('chooses what it names: %s', async (_what, text, chosen) => {
		const {press, events} = mountStep(many);
		await press(paste(text), '\r');
		expect(events).toEqual([{type: 'submitted', answers: {administrators: chosen}}]);
	});
	test('is refused in words where it names what is not there, and chooses nothing', async () => {
		const {press, events, frame} = mountStep(many);
		await press(paste(`${anna}\nnobody`));
		expect(frame()).toContain("Nothing chosen: nobody can't be found here");
		await press('\r');
		expect(events).toEqual([{type: 'submitted', answers: {administrators: []}}]);
	});
	test('of a part of a name filters', async () => {
		const {press, frame} = mountStep(many);
		await press(paste('adm\r\n'));
		expect(frame()).toContain('filter: adm▌');
		expect(frame()).not.toContain('[x]');
	});
});
test('a blank chooses; letters typed before it at once filter first', async () => {
	const {press, events} = mountStep(many);
	await press('ben ', '\r');
	expect(events).toEqual([{type: 'submitted', answers: {administrators: [ben]}}]);
});
describe('a paste into a list of one', () => {
	test('chooses the entry that it names', async () => {
		const {press, events} = mountStep(one);
		await press(paste('us-east-2\r\n'), '\r');
		expect(events).toEqual([{type: 'submitted', answers: {region: 'us-east-2'}}]);
	});
	test('of several lines is refused in words', async () => {
		const {press, events, frame} = mountStep(one);
		await press(paste('us-east-2\nus-west-1'));
		expect(frame()).toContain('Nothing chosen: one line names one of these');
		await press('\r');
		await turns();
		expect(events).toEqual([{type: 'submitted', answers: {region: 'eu-west-1'}}]);
	});
});
describe('a list of many', () => {
	const long = (name: string): Choice => ({
		value: `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_${name}`,
		label: `role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_KmsAdministrators_${name}`,
	});
	const roles = scene(
		{at: 'form'},
		{
			answers: {administrators: [long('0123').value]},
			fields: [{field: administrators, settled: false, choices: [...people, long('0123'), long('4567')]}],
		},
	);
	test('tells how many are chosen, and shows the ends of long names, which tell them apart', async () => {
		const {frame, press} = mountStep(roles, {columns: 60, rows: 15});
		expect(frame()).toContain('5 of 5, 1 chosen');
		await press('reserved');
		expect(frame()).toMatch(/\[x\] role\/aws.*….*_0123/);
		expect(frame()).toMatch(/\[ \] role\/aws.*….*_4567/);
	});
	test('shows the chosen alone by [x]', async () => {
		const {frame, press} = mountStep(roles);
		await press('[x]');
		expect(frame()).toContain('1 of 5, 1 chosen');
		expect(frame()).toContain('_0123');
		expect(frame()).not.toContain('_4567');
	});
});
