import {discard, replaceAccessKey, setup} from '../../src/steps/index.js';
import {full} from '../crash/survey.js';
import {boot, copyOf, emptyWorld} from '../fake/ports.js';
import {playing} from './playing.js';

playing('whatever is typed while all is taken back or an access key is replaced, the same holds', async () => {
	const empty = emptyWorld();
	const world = copyOf(empty);
	await boot(world, {course: setup});
	const all = copyOf(empty);
	await boot(all, {course: setup, answers: full});
	const before = copyOf(empty);
	await boot(before, {course: setup, stopAfter: 'user'});
	return [
		{name: 'discard', course: discard, world},
		{name: 'discard all there is', course: discard, world: all},
		{name: 'replace the access key', course: replaceAccessKey, world},
		{name: 'a secret shown once', course: setup, world: before, answers: {secretTo: 'once'}},
		{name: 'a secret shown once in its place', course: replaceAccessKey, world: all, answers: {newSecretTo: 'once'}},
	];
});
