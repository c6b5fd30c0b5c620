import {expect, test} from 'vitest';
import {framesAt, mountStep} from './frames.js';
import {scene} from './step-scenes.js';

const visiting = scene({
	at: 'asking',
	ask: {
		kind: 'visit',
		address: 'https://acme.awsapps.com/start/#/device?user_code=ABCD-EFGH',
		code: 'ABCD-EFGH',
		done: new Promise<void>(() => undefined),
	},
	during: {at: 'looking', reason: 'review'},
});

test('where to sign in stands on one line with its code, at every size', async () => {
	const {wide, narrow} = await framesAt(visiting);
	expect(wide).toContain('https://acme.awsapps.com/start/#/device?user_code=ABCD-EFGH');
	expect(wide).toMatch(/Confirm it only if it is the same/);
	expect(narrow.replaceAll(/\n\s*/g, '')).toContain('user_code=ABCD-EFGH');
});
test('Esc gives it up, and no other key does anything', async () => {
	const {press, pressInVain, secrets, events} = mountStep(visiting);
	await pressInVain('x');
	await pressInVain('\r');
	await press('\u001B');
	expect([secrets, events]).toEqual([[undefined], []]);
});
