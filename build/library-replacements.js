import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import {build} from 'esbuild';

const root = join(import.meta.dirname, '..');
const js = (contents, resolveDir = root) => ({contents, resolveDir, loader: 'js'});

/** Ink loads React's developer tools only if DEV is set; the package isn't there. */
const withoutDevtools = {
	name: 'without-devtools',
	setup(it) {
		it.onResolve({filter: /^react-devtools-core$/}, ({path}) => ({path, namespace: 'none'}));
		it.onLoad({filter: /.*/, namespace: 'none'}, () => js('export default {}'));
	},
};

let fetchTaken = false;
/** Yoga reads its own WebAssembly by fetch where there is one: loading Node's fetch costs more than all of Yoga. */
const withoutFetch = {
	name: 'without-fetch',
	setup(it) {
		it.onLoad({filter: /yoga-wasm-base64-esm\.js$/}, ({path}) => {
			const text = readFileSync(path, 'utf8');
			fetchTaken = /\bfetch\b/.test(text);
			return js(`const fetch = undefined;\n${text}`);
		});
	},
};

/**
 * The real string-width and Intl.Segmenter are asked only for text that isn't plain: what they need to know of emoji
 * takes longer to make than the first screen.
 */
const withQuickText = {
	name: 'with-quick-text',
	setup(it) {
		it.onResolve({filter: /^string-width$/}, ({namespace}) =>
			namespace === 'quick-text' ? undefined : {path: 'quick-width', namespace: 'quick-text'},
		);
		it.onLoad({filter: /^quick-width$/, namespace: 'quick-text'}, () =>
			js(
				"import {quickWidth} from './build/plain-text.ts';\nexport default quickWidth(() => " +
					"require('string-width').default);",
			),
		);
		it.initialOptions.define['Intl.Segmenter'] = 'QuickSegmenter';
		it.initialOptions.inject = [join(root, 'build', 'quick-segmenter.ts')];
	},
};

/**
 * conf checks a record by a function that ajv compiled when the bundle was built, instead of bringing ajv along to
 * compile it at each start.
 */
const withCompiledCheck = {
	name: 'with-compiled-check',
	setup(it) {
		const fromConf = ({importer}) => /node_modules[\\/]conf[\\/]/.test(importer);
		it.onResolve({filter: /^ajv(-formats|\/dist\/2020\.js)$/}, args =>
			fromConf(args) ? {path: args.path, namespace: 'compiled-check'} : undefined,
		);
		it.onLoad({filter: /^ajv-formats$/, namespace: 'compiled-check'}, () =>
			js('export default {default: () => undefined};'),
		);
		it.onLoad({filter: /2020\.js$/, namespace: 'compiled-check'}, async () => js(await compiledCheck()));
	},
};

/** The text of a module with the one part of ajv that conf uses, for the one schema that it is used with. */
export async function compiledCheck() {
	const {outputFiles} = await build({
		entryPoints: [join(root, 'src', 'local', 'record-schema.ts')],
		bundle: true,
		write: false,
		format: 'esm',
		platform: 'node',
	});
	const {recordSchema} = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
	// What conf makes of its option, and the options that conf gives.
	const schema = {type: 'object', properties: recordSchema};
	const ajv = new Ajv2020({allErrors: true, useDefaults: true, code: {source: true, esm: true}});
	return `${standalone(ajv, ajv.compile(schema))}
const compiled = ${JSON.stringify(JSON.stringify(schema))};
export class Ajv2020 {
	compile(schema) {
		if (JSON.stringify(schema) !== compiled) throw new Error('The schema of the record is not the one that was ' +
'compiled into this build');
		return validate;
	}
}`;
}

/**
 * A library that is named or built otherwise after an update would quietly go without its replacement: then there is no
 * build.
 */
const each = {
	name: 'each-stands-in',
	setup(it) {
		it.initialOptions.metafile = true;
		it.onEnd(({metafile}) => {
			const made = Object.keys(metafile?.inputs ?? {});
			const there = [
				'none:react-devtools-core',
				'quick-text:quick-width',
				'compiled-check:ajv-formats',
				'compiled-check:ajv/dist/2020.js',
			];
			const missing = [...there, 'build/quick-segmenter.ts'].filter(name => !made.includes(name));
			if (!fetchTaken) missing.push('yoga without fetch');
			return {
				errors: missing.map(name => ({
					text: `The replacement ${name} is not in the bundle: what it stands in for has changed`,
				})),
			};
		});
	},
};

export const libraryReplacements = [withoutDevtools, withoutFetch, withQuickText, withCompiledCheck, each];
