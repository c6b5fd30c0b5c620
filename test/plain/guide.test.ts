import {expect, test} from 'vitest';
import {guideOf} from '../../src/plain/questions.js';

test("a guide says what of the vendor's page it covers; a step of ours covers nothing of it", () => {
	const first = (covers: string): string | undefined => guideOf({covers, text: [], links: []})[0];
	expect(first('Create a User, steps 1-6')).toBe("Covers “Create a User, steps 1-6” of the vendor's page.");
	expect(first('nothing: this step is ours')).toBe("Covers nothing of the vendor's page: this step is ours.");
});
