import {parseArn} from '../aws/rules/arn.js';
import * as names from '../aws/rules/name-rules.js';
import type {State} from '../engine/state.js';
import {type Answers, textAnswer} from '../engine/step.js';
import {usage} from './usage-error.js';

type Kind = 'policy' | 'user' | 'key';
type Arns = {readonly [K in Kind]?: string};
const answerOf = {policy: 'adoptPolicy', user: 'adoptUser', key: 'adoptKey'} as const;
const nameOf = {policy: 'policyName', user: 'userName'} as const;
const isKind = (it: string): it is Kind => Object.hasOwn(answerOf, it);

/** What is to be taken over: by its kind where it bears the name, or by its ARN. Throws a usage problem. */
export function adopted(adopt: string | undefined): {readonly kinds: ReadonlySet<Kind>; readonly arns: Arns} {
	const kinds = new Set<Kind>();
	const arns: {-readonly [K in Kind]?: string} = {};
	for (const word of adopt?.split(',').map(it => it.trim()) ?? []) {
		const kind = isKind(word) ? word : kindOf(word);
		kinds.add(kind);
		if (kind === word) continue;
		if (arns[kind] !== undefined && arns[kind] !== word)
			throw usage(`--adopt names two of a kind: ${arns[kind]} and ${word}`, 'A setup has one', 'Leave one out');
		arns[kind] = word;
	}
	const homes = Object.values(arns).map(it => `${parseArn(it)?.account} in ${parseArn(it)?.partition}`);
	if (new Set(homes).size > 1)
		throw usage(
			`--adopt names things of several accounts: ${[...new Set(homes)].join(', ')}`,
			'A setup is in one account',
			'Leave those of the others out',
		);
	return {kinds, arns};
}

/** Which kind of thing an ARN names; only what is of an account can be taken over. */
function kindOf(word: string): Kind {
	const {service, account = '', resource = '', region} = parseArn(word) ?? {};
	const [type = '', name] = [resource.split('/')[0], resource.split('/').at(-1) ?? ''];
	if (/^\d{12}$/.test(account) && resource.includes('/')) {
		if (service === 'iam' && type === 'policy' && !names.policyName(name)) return 'policy';
		if (service === 'iam' && type === 'user' && !names.userName(name)) return 'user';
		if (service === 'kms' && region && /^key\/[\w-]+$/.test(resource)) return 'key';
	}
	throw usage(
		`--adopt ${word} is not understood`,
		'It takes policy, user and key, or ARNs of an IAM policy or user of an account, or of a KMS key (not of an ' +
			'alias), with commas between',
		'Write for example --adopt policy,user',
	);
}

/**
 * What that answers: an ARN settles the name, too, and nothing else may have been given; that of a KMS key, which no
 * name finds again, is an answer itself.
 */
export function answersOfAdopted({kinds, arns}: ReturnType<typeof adopted>, given: Answers): Answers {
	const answers: Record<string, true | string> = {};
	for (const kind of kinds) {
		answers[answerOf[kind]] = true;
		const arn = arns[kind];
		if (arn === undefined || kind === 'key') continue;
		const [field, name] = [nameOf[kind], arn.split('/').at(-1) ?? ''];
		const other = textAnswer(given, field);
		if (other !== '' && other !== name)
			throw usage(
				`--adopt ${arn} has another name than --${kind}-name ${other}`,
				'The ARN says the name',
				`Leave --${kind}-name out, or give the ARN meant`,
			);
		answers[field] = name;
	}
	if (arns.key !== undefined) answers['keyWanted'] = arns.key;
	const region = parseArn(arns.key ?? '')?.region;
	const asked = textAnswer(given, 'region');
	if (region && asked !== '' && asked !== region)
		throw usage(
			`--adopt ${arns.key} is not in --region ${asked}`,
			`That KMS key is in ${region}`,
			`Give --region ${region}, or the ARN meant`,
		);
	return answers;
}

/** What the record knows already that an ARN contradicts, as a usage problem. */
export function checkAdopted({arns}: ReturnType<typeof adopted>, {facts, setup = ''}: State, expected?: string): void {
	const known = {policy: facts.policyArn, user: facts.userArn, key: facts.keyArn};
	for (const [kind, arn] of Object.entries(arns)) {
		const {account = '', partition} = parseArn(arn) ?? {};
		const [ours, is] = [expected ?? facts.account ?? account, facts.partition ?? partition];
		if (ours !== account || is !== partition)
			throw usage(
				`--adopt ${arn} is of account ${account}${is === partition ? '' : ` in partition ${partition}`}`,
				expected === undefined ? `Setup ${setup} is of account ${ours} in partition ${is}` : `You expect ${expected}`,
				'Give an ARN of that account',
			);
		const had = known[kind as Kind];
		if (had !== undefined && had !== arn)
			throw usage(
				`--adopt ${arn} comes too late`,
				`The ${kind} of setup ${setup} is ${had}`,
				'Leave it out, or begin another setup with --setup NAME',
			);
	}
}
