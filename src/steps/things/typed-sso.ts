import {regionRule} from '../../aws/rules/regions.js';
import {typedSso} from '../../aws/sign-in/profiles.js';
import {type Answers, type Field, textAnswer} from '../../engine/step.js';

type Rule = (value: string) => string | undefined;
const asked: readonly (readonly [name: string, setting: string, label: string, rule: Rule])[] = [
	[
		'ssoStartUrl',
		'sso_start_url',
		'SSO start URL',
		it => (/^https:\/\/\S+$/.test(it) ? undefined : 'An address is needed, such as https://acme.awsapps.com/start'),
	],
	['ssoRegion', 'sso_region', 'SSO region', regionRule],
	['ssoAccount', 'sso_account_id', 'Account', it => (/^\d{12}$/.test(it) ? undefined : 'An account id has 12 digits')],
	['ssoRole', 'sso_role_name', 'Permission set', it => (it === '' ? 'A name is needed' : undefined)],
];

/** What signing in by an IAM Identity Center needs where no profile says it. */
export const ssoFields: readonly Field[] = asked.map(([name, _setting, label, rule]) => ({
	name,
	label,
	kind: 'text',
	asked: 'to-a-person',
	settles: 'never',
	when: answers => answers['profile'] === typedSso,
	wrong: it => rule(textAnswer({it}, 'it')),
}));

/** The same by the names that the settings of a profile have. */
export const ssoOf = (answers: Answers): Readonly<Record<string, string>> =>
	Object.fromEntries(asked.map(([name, setting]) => [setting, textAnswer(answers, name)]));
