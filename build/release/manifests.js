import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {manifest, release} from '../bundle.js';

const templates = join(import.meta.dirname, 'templates');

/** Writes what winget and scoop are told of the archive for Windows; what isn't known yet stays in {{ }}. */
export function writeManifests(archive, out, {address} = release) {
	const known = {
		version: manifest.version,
		description: manifest.description,
		sha256: createHash('sha256').update(readFileSync(archive)).digest('hex'),
		...(address && {
			homepage: address,
			url: `${address}/releases/download/v${manifest.version}/${basename(archive)}`,
		}),
	};
	return readdirSync(templates).map(name => {
		const text = readFileSync(join(templates, name), 'utf8');
		const file = join(out, `nps-kms-${manifest.version}.${name.replace('.', '-manifest.')}`);
		writeFileSync(
			file,
			text.replaceAll(/\{\{(\w+)\}\}/g, (all, it) => known[it] ?? all),
		);
		return file;
	});
}
