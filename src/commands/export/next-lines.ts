import {quoted} from '../../aws/sign-in/profiles.js';
import {commandLine} from '../../engine/command-line.js';
import type {Answers, Field} from '../../engine/step.js';
import {regionalName} from '../../export/cloudformation.js';
import type {EndState} from '../../export/end-state.js';
import type {Whereabouts} from '../../export/terraform.js';
import {calledAs} from '../../run/called-as.js';
import {fieldsOf, flagOf} from '../../run/given-answers.js';
import type {Run} from '../../run/run.js';
import type {Row} from './accounts-file.js';
import {needsRegionInNames} from './stack-set.js';

/** All that was exported, and what for. */
export type Exported = {
	readonly engine: 'cloudformation' | 'terraform';
	readonly run: Run;
	/** What was given by flag. */
	readonly given: Answers;
	readonly where: Whereabouts;
	readonly end: EndState;
	readonly takesOver: boolean;
	readonly many: boolean;
	readonly rows: readonly Row[];
	/** Whom the alarm mails. */
	readonly mail: string | undefined;
	/** Where the files went, as it was typed. */
	readonly folder: string | undefined;
	readonly profile: string | undefined;
	readonly keyArn: string | undefined;
};

/** What to run then, in lines: the engine, and nps-kms for what no engine should do. */
export const nextLines = (it: Exported): readonly string[] => [
	'',
	'Nothing has changed in AWS. To run, with your own credentials:',
	...(it.many ? stackSetLines(it) : it.engine === 'terraform' ? terraformLines(it) : stackLines(it)).map(indented),
	...(it.mail !== undefined
		? [`Confirm the mail that SNS sends to ${it.mail}: the alarm is silent until then, and without a CloudTrail trail.`]
		: []),
	...(it.takesOver
		? ['Then the record is told who manages it from now on:']
		: ['Then the access key is made, proven and handed over by:']),
	...setupLines(it).map(indented),
];
const indented = (line: string): string => `  ${line}`;

const terraformLines = ({folder, takesOver}: Exported): readonly string[] => {
	const terraform = folder === undefined ? 'terraform' : `terraform -chdir=${quoted(folder)}`;
	return [
		`${terraform} init`,
		...(takesOver
			? [
					`${terraform} plan`,
					'# It has to say: 5 to import, 0 to add, 0 to destroy. What it counts as a change has to be of',
					"# Terraform's own state alone, 0 to change in AWS; else don't apply.",
				]
			: []),
		`${terraform} apply`,
	];
};

const stackOf = ({setup}: Run['options']): string => (setup === 'nps' ? 'nps-kms' : `nps-kms-${setup}`);
const fileOf = ({folder}: Exported, name: string): string =>
	quoted(folder === undefined ? name : `${folder.replace(/[\\/]+$/, '')}/${name}`);
/** The flags that say whose credentials are used, and where. */
const connectionOf = ({where: {region}, profile}: Exported): string =>
	[region && `--region ${region}`, profile && `--profile ${quoted(profile)}`].filter(Boolean).join(' ');
const aws = (words: string, connection: string): string => `aws cloudformation ${words} ${connection}`.trimEnd();

function stackLines(it: Exported): readonly string[] {
	const stack = stackOf(it.run.options);
	const connection = connectionOf(it);
	const deploy = (name: string, file: string, more: string): string =>
		aws(`deploy --stack-name ${name} --template-file ${fileOf(it, file)}${more}`, connection);
	const named = ' --capabilities CAPABILITY_NAMED_IAM';
	const set = `--stack-name ${stack} --change-set-name nps-kms-import`;
	return [
		...(it.takesOver
			? [
					aws(
						`create-change-set ${set} --change-set-type IMPORT${named} --resources-to-import ` +
							`file://${fileOf(it, 'nps-kms.import.json')} --template-body ` +
							`file://${fileOf(it, 'nps-kms.import.cfn.yaml')}`,
						connection,
					),
					aws(`wait change-set-create-complete ${set}`, connection),
					aws(`describe-change-set ${set}`, connection),
					aws(`execute-change-set ${set}`, connection),
					aws(`wait stack-import-complete --stack-name ${stack}`, connection),
				]
			: []),
		deploy(stack, 'nps-kms.cfn.yaml', named),
		...(it.mail === undefined
			? []
			: [
					deploy(
						`${stack}-alarm`,
						'nps-kms.alarm.cfn.yaml',
						it.keyArn === undefined ? ` --parameter-overrides KeyArn=KmsKeyArn-OF-THE-OUTPUTS-OF-${stack}` : '',
					),
				]),
	];
}

function stackSetLines(it: Exported): readonly string[] {
	const {rows, run} = it;
	const set = `--stack-set-name ${stackOf(run.options)}`;
	const regionsOf = new Map<string, string>();
	for (const {account} of rows)
		regionsOf.set(
			account,
			rows
				.filter(row => row.account === account)
				.map(row => row.region)
				.sort()
				.join(' '),
		);
	const together = [...new Set(regionsOf.values())].map(regions => {
		const accounts = [...regionsOf].flatMap(([account, has]) => (has === regions ? [account] : []));
		return [accounts.join(' '), regions] as const;
	});
	return [
		aws(
			`create-stack-set ${set} --capabilities CAPABILITY_NAMED_IAM --template-body ` +
				`file://${fileOf(it, 'nps-kms.cfn.yaml')}`,
			'',
		),
		...(rows.length === 0 ? [['ACCOUNTS', 'REGIONS'] as const] : together).map(([accounts, regions]) =>
			aws(`create-stack-instances ${set} --accounts ${accounts} --regions ${regions}`, ''),
		),
		...(together.length > 1 ? ['# One after the other: a StackSet does one operation at a time.'] : []),
	];
}

/** What the set-up is to be called with, once for each of many. */
function setupLines(it: Exported): readonly string[] {
	const {run, where, profile, rows, many} = it;
	const manager = `--managed-by ${it.engine}`;
	const line = ({account, ...connection}: Partial<Row>, setup: string, ...more: readonly string[]): string =>
		commandLine(
			calledAs({course: run.course, options: {...connection, setup, sandbox: run.options.sandbox}}),
			'setup',
			...(account ? [`--expect-account ${account}`] : []),
			...more,
			manager,
		);
	const adopt = '--adopt policy,user,key';
	if (!many) {
		const {region, account} = where;
		const connection = {...(region && {region}), ...(account && {account}), ...(profile && {profile})};
		return [line(connection, run.options.setup, ...(it.takesOver ? [] : [...flagsGiven(it), adopt]))];
	}
	const each = rows.length > 0 ? rows : [{setup: 'NAME', profile: 'PROFILE', account: 'ACCOUNT', region: 'REGION'}];
	return each.map(row => line(row, row.setup, ...flagsGiven(it, row), adopt));
}

/** What isn't asked for again of things that are there, or stands in the connection. */
const notAgain = [
	'tags',
	'policyDescription',
	'keyDescription',
	'region',
	'profile',
	'secretFile',
	'consolePasswordFile',
];
/** The names, and what else was given by flag, as they are to be given again. */
function flagsGiven({run: {course, options}, given, end, many, rows, where}: Exported, row?: Row): readonly string[] {
	const name = (it: string): string => (row && needsRegionInNames(rows) ? regionalName(it, row.region) : it);
	const names: Answers = {
		policyName: name(end.policy.name),
		userName: name(end.user.name),
		keyAlias: end.alias.replace('alias/', ''),
	};
	const ownArn = (arn: string): string =>
		row && where.account !== undefined ? arn.replace(`:iam::${where.account}:`, `:iam::${row.account}:`) : arn;
	return fieldsOf(course, options.setup).flatMap(field => {
		const said = given[field.name] ?? (many ? names[field.name] : undefined);
		const it = said === undefined ? undefined : (names[field.name] ?? said);
		return it === undefined || notAgain.includes(field.name) ? [] : flagsOf(field, it, ownArn);
	});
}
function flagsOf(field: Field, it: Answers[string], ownArn: (arn: string) => string): readonly string[] {
	const flag = flagOf(field);
	if (typeof it === 'boolean') return [it ? `--${flag}` : `--no-${flag}`];
	if (typeof it === 'string') return it === '' ? [] : [`--${flag} ${quoted(ownArn(it))}`];
	return Array.isArray(it) ? it.map(one => `--${flag} ${quoted(ownArn(String(one)))}`) : [];
}
