import {describe, expect, test} from 'vitest';
import {pages} from '../../../src/aws/client/pages.js';
import {Trouble} from '../../../src/engine/trouble.js';

type Page = {readonly at: number; readonly IsTruncated?: boolean; readonly Marker?: string};
/** Reads a list to its end, whose pages name the next one. */
async function readAll(next: (at: number) => string | undefined) {
	const asked: unknown[] = [];
	const read = async ({input}: {readonly input: object}): Promise<Page> => {
		asked.push((input as {Marker?: string}).Marker);
		const Marker = next(asked.length);
		return {at: asked.length, ...(Marker !== undefined && {IsTruncated: true, Marker})};
	};
	let problem: unknown;
	try {
		for await (const page of pages<Page>({api: 'iam:ListUsers', input: {}}, read)) void page;
	} catch (error) {
		problem = error instanceof Trouble ? error.problem : error;
	}
	return {asked, problem};
}

describe('a list', () => {
	test('is read to its end, each page once', async () => {
		const {asked, problem} = await readAll(at => (at < 4 ? `page ${at}` : undefined));
		expect([asked, problem]).toEqual([[undefined, 'page 1', 'page 2', 'page 3'], undefined]);
	});
	test.each([
		['the same page again', () => 'same', 2],
		['two pages in turn', (at: number) => `page ${at % 2}`, 3],
	])('that gives %s is told, and asked no more', async (_what, next, calls) => {
		const {asked, problem} = await readAll(next);
		expect(problem).toMatchObject({code: 'EndlessList', why: 'AWS repeats a page of it'});
		expect(asked).toHaveLength(calls);
	});
	test('that has another page for ever is given up', async () => {
		const {asked, problem} = await readAll(at => `page ${at}`);
		expect(problem).toMatchObject({code: 'EndlessList'});
		expect(asked).toHaveLength(10_000);
	});
});
