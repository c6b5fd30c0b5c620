import type {Known} from '../../engine/step.js';

/** The name a thing gets unless another is given: the vendor's, with the setup's name where it isn't the first. */
export const defaultName = (known: Known, name: string): string => {
	const setup = known.run.setup ?? 'nps';
	return setup === 'nps' ? name : `${name}-${setup}`;
};

/** The vendor's page that the steps follow. */
export const vendorPage =
	'https://docs.netwrix.com/docs/privilegesecure/4_2/installation/system-requirements/aws-configuration';
