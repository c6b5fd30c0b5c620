import type {Operations} from '../operation.js';
import {aliases} from './aliases.js';
import {crypto} from './crypto.js';
import {deletion} from './deletion.js';
import {grants} from './grants.js';
import {keys} from './kms-keys.js';
import {lastUse} from './last-use.js';
import {policies} from './policies.js';
import {rotation} from './rotation.js';
import {tags} from './tags.js';

/** KMS, as far as this sandbox is KMS. https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html */
export const kms: Operations = {
	...keys,
	...aliases,
	...policies,
	...rotation,
	...deletion,
	...crypto,
	...grants,
	...lastUse,
	...tags,
};
