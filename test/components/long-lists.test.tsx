import {expect, test} from 'vitest';
import ManyInput from '../../components/many-input.js';
import Pager from '../../components/pager.js';
import type {TextLine} from '../../components/text-lines.js';
import {keyOf} from '../../src/engine/keys.js';
import type {Choice, Field} from '../../src/engine/step.js';
import {mount} from './frames.js';

const down = '\u001B[B';
const none = (): void => undefined;
/** So many things of a text each, and how often one of them was read. */
function counted<T extends object>(many: number, of: (text: () => string, at: number) => T) {
	let reads = 0;
	const things = Array.from({length: many}, (_, at) =>
		of(() => {
			reads += 1;
			return `thing ${at}`;
		}, at),
	);
	return {things, reads: () => reads};
}

test('of a long text only what is shown is looked at again at a key', async () => {
	const {things, reads} = counted(
		5000,
		(text): TextLine => ({
			get text() {
				return text();
			},
		}),
	);
	const {press, frame} = mount(
		<Pager
			title="long"
			lines={things}
			opener={keyOf('documents')}
			copies="copy"
			onCopy={async () => true}
			onWrite={none}
			onClose={none}
			onLeave={none}
		/>,
	);
	const first = reads();
	await press(down, down, down);
	expect(frame()).toContain('thing 3');
	expect(frame()).not.toContain('thing 2\n');
	expect(first).toBeGreaterThanOrEqual(5000);
	expect(reads()).toBe(first);
});
test('of thousands that can be chosen only what is shown is looked at again at an arrow key', async () => {
	const {things, reads} = counted(
		5000,
		(text, at): Choice => ({
			value: `value-${at}`,
			get label() {
				return text();
			},
		}),
	);
	const field: Field = {name: 'many', label: 'Many', kind: 'many'};
	const {press, frame} = mount(
		<ManyInput scene={{field, settled: false, choices: things}} chosen={[]} room={10} onChange={none} />,
	);
	await press('4');
	const first = reads();
	await press(down, down, down);
	expect(frame()).toContain('▸ [ ] thing 34');
	expect(first).toBeGreaterThanOrEqual(5000);
	expect(reads() - first).toBeLessThan(100);
});
