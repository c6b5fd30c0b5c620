// The first file of a single file: it loads the program's own files out of it, each when it is needed. All of them as
// one module would be read at each start, whatever was asked.
import {createRequire, isBuiltin, registerHooks} from 'node:module';
import {getAsset} from 'node:sea';
import {pathToFileURL} from 'node:url';

// Below the file itself: nothing on any disk can have such a name.
const base = `${pathToFileURL(process.execPath).href}/`;
const first = `${base}start.cjs`;
registerHooks({
	resolve(specifier, context, next) {
		if (isBuiltin(specifier)) return next(specifier, context);
		return {url: new URL(specifier, context.parentURL ?? base).href, shortCircuit: true};
	},
	load(url, context, next) {
		if (url === first)
			return {format: 'commonjs', source: "module.exports = import('./nps-kms.js')", shortCircuit: true};
		if (!url.startsWith(base)) return next(url, context);
		return {format: 'module', source: getAsset(url.slice(base.length), 'utf8'), shortCircuit: true};
	},
});
// What is in the file itself can import nothing but Node's own; what is required can.
await createRequire(base)('./start.cjs');
