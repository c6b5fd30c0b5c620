import {proveAgain} from '../steps/index.js';
import {courseCommand} from './course-command.js';

/** Proves a finished setup again. */
export const proveCommand = courseCommand(proveAgain, {
	examples: [['nps-kms prove', 'with the access key in its secret file']],
	says: 'tries again, with the credentials of a finished setup, that they work and that they are limited',
});
