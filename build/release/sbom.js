import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import {release, root} from '../bundle.js';

/**
 * The bill of materials of what is shipped, as CycloneDX JSON: the packages in the bundle and, for the single files,
 * Node. The same commit gives the same bytes.
 */
export function sbom(metafile) {
	const tool = join(import.meta.dirname, 'node_modules/.bin/cyclonedx-npm');
	const flags = ['--output-reproducible', '--package-lock-only', '--omit', 'dev', '--omit', 'optional'];
	const text = execFileSync(tool, [...flags, '--flatten-components', '--output-format', 'JSON'], {
		cwd: root,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const bill = JSON.parse(text);
	const bundled = new Set(
		Object.keys(metafile.inputs).flatMap(it => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(it)?.[1] ?? []),
	);
	const nameOf = ({group, name}) => (group ? `${group}/${name}` : name);
	bill.components = [...bill.components.filter(it => bundled.has(nameOf(it))), nodeItself()];
	const kept = new Set([bill.metadata.component['bom-ref'], ...bill.components.map(it => it['bom-ref'])]);
	bill.dependencies = bill.dependencies
		.filter(it => kept.has(it.ref))
		.map(it => (it.dependsOn ? {...it, dependsOn: it.dependsOn.filter(to => kept.has(to))} : it));
	return `${JSON.stringify(bill, null, '\t')}\n`;
}

const nodeItself = () => ({
	type: 'platform',
	name: 'node',
	version: release.node.version,
	'bom-ref': `node@${release.node.version}`,
	description: 'In the single files for Windows and Linux; not in the npm package',
	licenses: [{license: {id: 'MIT'}}],
	purl: `pkg:generic/node@${release.node.version}`,
});
