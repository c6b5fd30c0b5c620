import {setup} from '../../src/steps/index.js';
import {boot, copyOf, emptyWorld} from '../fake/ports.js';
import {playing} from './playing.js';

playing('whatever is typed through a set-up, only what was read is approved, and by its own key', async () => {
	const world = emptyWorld();
	const starts = [{name: 'nothing yet', course: setup, world: copyOf(world)}];
	for (const stopAfter of ['policy', 'user', 'access-key', 'managed-key']) {
		await boot(world, {course: setup, stopAfter});
		starts.push({name: `after ${stopAfter}`, course: setup, world: copyOf(world)});
	}
	return starts;
});
