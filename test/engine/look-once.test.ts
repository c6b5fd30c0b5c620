import {expect, test} from 'vitest';
import {lookOnce} from '../../src/engine/look-once.js';
import type {Call, Look} from '../../src/engine/step.js';

const get = (KeyId: string): Call => ({api: 'kms:DescribeKey', input: {KeyId}});
function eyes(answer: (call: Call) => Promise<unknown> = async call => call.input['KeyId']): {
	look: Look;
	asked: string[];
} {
	const asked: string[] = [];
	const go = (call: Call): Promise<unknown> => {
		asked.push(`${call.api} ${String(call.input['KeyId'])}`);
		return answer(call);
	};
	return {
		asked,
		look: lookOnce({
			at: async <R>(call: Call<R>) => (await go(call)) as R,
			async *all<R>(call: Call<R>) {
				yield (await go(call)) as R;
				yield (await go(call)) as R;
			},
			kept: async () => ({is: 'absent'}),
			progress: () => undefined,
		}),
	};
}
const pages = async (look: Look, call: Call): Promise<unknown[]> => {
	const found: unknown[] = [];
	for await (const it of look.all(call)) found.push(it);
	return found;
};

test('each thing is asked for once, all its pages too, and the answer is the same each time', async () => {
	const {look, asked} = eyes();
	expect(await Promise.all([look.at(get('a')), look.at(get('a')), look.at(get('b'))])).toEqual(['a', 'a', 'b']);
	expect(await look.at(get('b'))).toBe('b');
	expect(asked).toEqual(['kms:DescribeKey a', 'kms:DescribeKey b']);
	expect([await pages(look, get('c')), await pages(look, get('c'))]).toEqual([
		['c', 'c'],
		['c', 'c'],
	]);
	expect(asked).toHaveLength(4);
});
test('what failed once stays failed', async () => {
	const {look, asked} = eyes(async () => {
		throw new Error('denied');
	});
	await expect(look.at(get('a'))).rejects.toThrow('denied');
	await expect(look.at(get('a'))).rejects.toThrow('denied');
	expect(asked).toHaveLength(1);
});
test('no more than eight things are asked for at a time, and all in the end', async () => {
	let [now, most] = [0, 0];
	const {look, asked} = eyes(async call => {
		most = Math.max(most, ++now);
		await new Promise(done => setImmediate(done));
		now -= 1;
		if (call.input['KeyId'] === '3') throw new Error('denied');
		return call.input['KeyId'];
	});
	const all = await Promise.allSettled(Array.from({length: 30}, (_it, at) => look.at(get(String(at)))));
	expect([most, asked.length, all.filter(it => it.status === 'fulfilled').length]).toEqual([8, 30, 29]);
});
