import {Option} from 'commander';

/** What is there already and is to be taken over. */
export const adoptFlag = (): Option =>
	new Option('--adopt <things>', 'take over what bears the name but is not ours: policy,user,key, or its ARN');
