import type {ChangeScene, Scene} from '../../src/engine/scene.js';
import type {Change, Field} from '../../src/engine/step.js';
import type {Phase} from '../../src/engine/wizard.js';

/** A scene of the policy step in the given phase. */
export const scene = (phase: Phase, more: Partial<Scene> = {}): Scene => ({
	id: 1,
	phase,
	leaving: false,
	answers: {policyName: 'NPS_KMS_Policy'},
	fields: [],
	facts: {},
	changes: [],
	checks: [],
	changed: [],
	done: ['Connect'],
	sheet: [],
	step: {
		at: 1,
		last: 7,
		title: 'Create the policy',
		name: 'Policy',
		guide: {
			covers: 'Create an AWS Policy, steps 2-9',
			text: ["In the console you'd open IAM, Policies, Create policy."],
			links: ['https://docs.netwrix.com/'],
		},
	},
	...more,
});
export const create: Change = {
	id: 'create-policy',
	verb: 'create',
	subject: 'policy NPS_KMS_Policy',
	call: {api: 'iam:CreatePolicy', input: {PolicyName: 'NPS_KMS_Policy'}},
};
export const remove: Change = {
	id: 'delete-key',
	verb: 'delete',
	subject: 'access key AKIAIOSFODNN7EXAMPLE',
	confirm: 'AKIAIOSFODNN7EXAMPLE',
	call: {api: 'iam:DeleteAccessKey', input: {AccessKeyId: 'AKIAIOSFODNN7EXAMPLE'}},
};
export const seen = (change: Change, status: ChangeScene['status'] = 'to-do', words: readonly string[] = []): ChangeScene => ({
	change,
	status,
	words,
	command: `aws ${change.id}`,
});
export const plan = {changes: [create]};
export const fields: readonly Field[] = [
	{
		name: 'policyName',
		label: 'Policy name',
		kind: 'text',
		wrong: it => (/ /.test(String(it)) || /\?/.test(String(it)) ? 'Only letters and digits; the space is not allowed' : undefined),
	},
	{name: 'policyDescription', label: 'Description', kind: 'text', optional: true, hint: "can't be changed later"},
	{name: 'tags', label: 'Tags', kind: 'pairs', optional: true},
	{name: 'consoleAccess', label: 'Console access', kind: 'yes-no'},
];
export const open = fields.map(field => ({field, settled: false}));
