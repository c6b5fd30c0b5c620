import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';

type Lockfile = {
	readonly packages: Readonly<Record<string, {readonly resolved?: string; readonly integrity?: string}>>;
};

const read = (): Lockfile =>
	JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8')) as Lockfile;
/** The entries, the project itself apart, that don't say which bytes they mean, or that name a place to get them from. */
const loose = ({packages}: Lockfile): readonly string[] =>
	Object.entries(packages)
		.filter(([name]) => name !== '')
		.filter(([, {integrity = '', resolved}]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity) || resolved)
		.map(([name]) => name);

test('every package in the lockfile is there with its hash, of other platforms too, and from no mirror', () => {
	// npm leaves it out for packages that it didn't install, when it locks beside a node_modules. To mend it: take these
	// entries out of package-lock.json, and run npm install --package-lock-only with it in a folder without node_modules.
	expect(loose(read())).toEqual([]);
});
test('an entry without a hash, or with a place of its own, is named', () => {
	const {packages} = read();
	const [name = '', entry = {}] = Object.entries(packages).find(([it]) => it !== '') ?? [];
	const {integrity: _, ...without} = entry;
	expect(loose({packages: {...packages, [name]: without}})).toEqual([name]);
	expect(loose({packages: {[name]: {...entry, resolved: 'http://example.com/x.tgz'}}})).toEqual([name]);
	expect(loose({packages: {[name]: {...entry, integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk='}}})).toEqual([name]);
});
