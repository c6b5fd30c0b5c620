import {expect, test} from 'vitest';
import {fold, knownFor} from '../../src/engine/record.js';
import type {ThisRun} from '../../src/engine/this-run.js';
import {lastWords} from '../../src/front/last-words.js';
import {discard, setup} from '../../src/steps/index.js';

const known = (run: ThisRun) => knownFor('', fold([]), {setup: 'nps', ...run});
const [, , , , managedKey] = setup.steps;
const quit = {status: 'interrupted', step: managedKey!} as const;

test('the last line names the step to carry on at', () => {
	expect(lastWords(setup, quit, true, known({}))).toBe('Saved. Run nps-kms to carry on at step 4 (Managed key).');
	expect(lastWords(setup, {status: 'interrupted', step: setup.steps[0]!}, false, known({}))).toBe(
		'Saved. Run nps-kms to carry on at Connect.',
	);
	expect(lastWords(setup, {...quit, status: 'paused'}, true, known({}))).toBe(
		'Saved. Run nps-kms to carry on at step 5 (Least privilege).',
	);
});
test('the command that it names is of the same setup, and a rehearsal again where it was one', () => {
	expect(lastWords(setup, quit, true, known({setup: 'lab'}))).toContain('Run nps-kms --setup lab to carry on');
	expect(lastWords(setup, quit, true, known({setup: 'lab', sandbox: true}))).toContain(
		'Run nps-kms --setup lab --sandbox to carry on',
	);
	expect(lastWords(discard, {status: 'interrupted', step: discard.steps[0]!}, false, known({sandbox: true}))).toContain(
		'Run nps-kms discard --sandbox',
	);
});

test('a set-up that made something names what to run next: its record, and how it ends', () => {
	const complete = {status: 'complete', step: setup.steps.at(-1)!} as const;
	const told = lastWords(setup, complete, true, known({}));
	expect(told).toContain('nps-kms record prints what was changed, for a ticket; nps-kms discard takes it back.');
	const rotated = {...known({}), answers: {npsRotated: true}};
	expect(lastWords(setup, complete, true, rotated)).toContain('nps-kms retire ends it one day.');
	expect(lastWords(setup, complete, false, known({}))).toBe('Everything is as it should be; nothing was changed.');
});
