import type {Command} from './command.js';
import {completionCommand} from './completion/index.js';
import {discardCommand} from './discard.js';
import {doctorCommand} from './doctor/index.js';
import {exportCommand} from './export/index.js';
import {listCommand} from './list/index.js';
import {moveKeyCommand} from './move-key.js';
import {permissionsCommand} from './permissions/index.js';
import {proveCommand} from './prove.js';
import {recordCommand} from './record/index.js';
import {replaceAccessKeyCommand} from './replace-access-key.js';
import {retireCommand} from './retire.js';
import {sandboxCommand} from './sandbox.js';
import {setupCommand} from './setup/index.js';
import {statusCommand} from './status/index.js';

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
	setupCommand,
	discardCommand,
	replaceAccessKeyCommand,
	moveKeyCommand,
	retireCommand,
	proveCommand,
	statusCommand,
	listCommand,
	permissionsCommand,
	recordCommand,
	exportCommand,
	doctorCommand,
	sandboxCommand,
	completionCommand,
];
