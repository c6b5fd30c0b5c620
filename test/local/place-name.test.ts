import {mkdirSync, mkdtempSync, rmSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {isSamePlace, misnamed} from '../../src/local/place-name.js';

const {raw} = String;
test.each([
	raw`C:\Users\anna\nps-kms-user_accessKeys.csv`,
	raw`C:/Users/anna/keys.csv`,
	raw`\\server\share\keys.csv`,
	raw`C:\Users\Änne Müller\keys (2).csv`,
	raw`C:\console\com10.csv`,
	raw`C:\a.b\.keys`,
])('on Windows %s is a name for a file', place => {
	expect(misnamed(place, 'win32')).toBeUndefined();
});

test.each([
	[raw`keys.csv`, "It's no whole path"],
	[raw`C:keys.csv`, "It's no whole path"],
	[raw`\Users\anna\keys.csv`, 'It has no drive'],
	[`${raw`C:\Users\anna`}\\`, 'It ends like a folder'],
	[raw`C:\Users/`, 'It ends like a folder'],
	[raw`C:\Users\  `, 'only blanks'],
	[raw`\\?\C:\keys.csv`, 'It names a device'],
	[raw`\\.\PhysicalDrive0`, 'It names a device'],
	[raw`C:\Users\anna\keys.csv:secret`, "can't hold :"],
	[raw`C:\Users\anna\keys?.csv`, "can't hold ?"],
	[raw`C:\Users\<anna>\keys.csv`, "can't hold <"],
	['C:\\Users\\anna\\keys\t.csv', "can't hold control characters"],
	[raw`C:\Users\anna\keys.csv.`, 'leaves the end of “keys.csv.” away'],
	[raw`C:\Users\anna \keys.csv`, 'leaves the end of “anna ” away'],
	[raw`C:\Users\anna\NUL`, '“NUL” is a device'],
	[raw`C:\Users\anna\con.csv`, '“con.csv” is a device'],
	[raw`C:\Users\anna\aux .csv`, '“aux .csv” is a device'],
	[raw`C:\Users\lpt1\keys.csv`, '“lpt1” is a device'],
	[raw`C:\Users\COM¹.x.csv`, '“COM¹.x.csv” is a device'],
	[raw`C:\Users` + raw`\abcdefghi`.repeat(26), 'longer than 259'],
])('on Windows %s is refused, for that it is none', (place, why) => {
	expect(misnamed(place, 'win32')).toContain(why);
});

test('a name with control characters is refused anywhere, for a line of it would pass for another', () => {
	expect(misnamed('/home/anna/a\nb.csv', 'linux')).toContain("can't hold control characters");
	expect(misnamed('/home/anna/a\u001B[2J.csv', 'linux')).toContain("can't hold control characters");
});
test('elsewhere such a name is as good as any', () => {
	expect([misnamed('/home/anna/con', 'linux'), misnamed('/home/anna/a:b?.csv.', 'linux')]).toEqual([
		undefined,
		undefined,
	]);
});

test.each([
	[raw`C:\Users\Anna\Keys.csv`, raw`c:\users\anna\keys.csv`, true],
	[raw`C:\Users\Anna\Keys.csv`, raw`C:/Users/Anna/x/../Keys.csv`, true],
	[raw`C:\Users\Anna\Keys.csv`, raw`C:\Users\Anna\Keys2.csv`, false],
])('on Windows %s and %s: one file, %s', (one, other, same) => {
	expect(isSamePlace(one, other, 'win32')).toBe(same);
});

test.skipIf(process.platform === 'win32')(
	'by a link to its folder it is the same file, and in other case another',
	() => {
		const dir = mkdtempSync(join(tmpdir(), 'nps-kms-place-'));
		try {
			mkdirSync(join(dir, 'real'));
			symlinkSync(join(dir, 'real'), join(dir, 'link'));
			const real = join(dir, 'real', 'keys.csv');
			expect(isSamePlace(join(dir, 'link', 'keys.csv'), real)).toBe(true);
			expect(isSamePlace(join(dir, 'real', 'KEYS.csv'), real)).toBe(false);
			expect(isSamePlace(join(dir, 'gone', 'keys.csv'), real)).toBe(false);
		} finally {
			rmSync(dir, {recursive: true, force: true});
		}
	},
);
