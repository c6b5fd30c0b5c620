import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {root} from './bundle.js';

/** The licences of all packages that a bundle holds, each once. */
export function licencesOf({inputs}) {
	const folders = Object.keys(inputs).flatMap(it => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(it)?.[1] ?? []);
	return [...new Set(folders)]
		.sort()
		.map(licenceOf)
		.join(`\n${'-'.repeat(80)}\n\n`);
}

function licenceOf(folder) {
	const {name, version, license} = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
	const file = readdirSync(join(root, folder)).find(it => /^licen[cs]e/i.test(it));
	const text = file ? readFileSync(join(root, folder, file), 'utf8').trim() : `License: ${license}`;
	return `${name} ${version} (${license})\n\n${text}\n`;
}
