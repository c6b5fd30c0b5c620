import {type Known, textAnswer} from '../../engine/step.js';

/** The name a thing gets unless another is given: the vendor's, with the setup's name where it isn't the first. */
export const defaultName = (known: Known, name: string): string => {
	const setup = known.run.setup ?? 'nps';
	return setup === 'nps' ? name : `${name}-${setup}`;
};

/** The name of this setup's policy, given or not. */
export const policyNameOf = (known: Known): string =>
	textAnswer(known.answers, 'policyName') || defaultPolicyName(known);
/** The same, where none is given. */
export const defaultPolicyName = (known: Known): string => defaultName(known, 'NPS_KMS_Policy');
