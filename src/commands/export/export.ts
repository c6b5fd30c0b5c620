import {parseArn} from '../../aws/rules/arn.js';
import {partitionOf} from '../../aws/rules/regions.js';
import type {Left, Outcome} from '../../engine/outcome.js';
import type {State} from '../../engine/record.js';
import {type Answers, listAnswer, textAnswer} from '../../engine/step.js';
import {alarmTemplate, importsJson, template} from '../../export/cloudformation.js';
import {alarmTf, type Existing, importsTf, mainTf, providerTf, type Whereabouts} from '../../export/terraform.js';
import {inSession} from '../../front/ending.js';
import {checkAnswers, fieldsOf} from '../../run/given-answers.js';
import {namedRegion, recordedProfile} from '../../run/region.js';
import {givenText, type Run} from '../../run/run.js';
import type {Session} from '../../run/session.js';
import {usage} from '../../run/usage-error.js';
import {documentsOf} from '../out-file.js';
import {accountsOf} from './accounts-file.js';
import {forecastEndState} from './end-state.js';
import {existingOf} from './existing.js';
import {type Exported, nextLines} from './next-lines.js';
import {checkNames, needsRegionInNames} from './stack-set.js';

/** Prints the set-up for an engine, and what to run then. Asks AWS nothing, changes nothing. */
export function exportSetup(run: Run, endNow: (how: Left) => void): Promise<Outcome> {
	// Nothing is written, so nothing need be held: another run may be at work.
	return inSession({...run, options: {...run.options, dryRun: true}}, endNow, async (session): Promise<Outcome> => {
		const wished = wishOf(run);
		const {state, given, thisRun} = session;
		const {course, options, outlet} = run;
		const region = await regionOf(session, wished);
		checkAnswers(course, fieldsOf(course, options.setup), {...given, ...(region && {region})}, state);
		const answers = {...state.answers, ...given, ...(region && {region})};
		const where = whereabouts(run, state, answers, region);
		const planned = await forecastEndState(answers, thisRun, {
			account: where.account ?? '',
			partition: where.partition ?? 'aws',
			region: region ?? '',
		});
		const existing = wished.takesOver ? existingOf(state, planned) : undefined;
		const exported: Exported = {
			...wished,
			run,
			given,
			where,
			end: existing?.end ?? planned,
			folder: givenText(options['out']),
			profile: givenText(given['profile']) ?? recordedProfile(state),
			keyArn: state.facts.keyArn,
		};
		if (wished.many) checkNames(exported.end, wished.rows);
		documentsOf(filesOf(exported, existing?.existing), options, outlet).put();
		for (const line of nextLines(exported)) outlet.err(line);
		return 'done';
	});
}

/** What was asked for. Throws a usage problem for what doesn't go together. */
function wishOf({options}: Run): Pick<Exported, 'engine' | 'takesOver' | 'many' | 'rows' | 'mail'> {
	const many = options['stackSet'] === true;
	const takesOver = options['import'] === true;
	const engine = options['engine'] === 'terraform' ? 'terraform' : 'cloudformation';
	const file = givenText(options['accounts']);
	const mail = options['alarmMail'];
	if (many && engine === 'terraform')
		throw usage('--stack-set is not for Terraform', 'StackSets are of CloudFormation', 'Use the files as a module');
	if (many && takesOver)
		throw usage('--import and --stack-set exclude each other', 'A StackSet makes its stacks anew', 'Leave one out');
	if (options['accounts'] !== undefined && !many)
		throw usage('--accounts needs --stack-set', 'It is about the stacks of many accounts', 'Give both');
	if (mail !== undefined && !/^[!-?A-~]+@[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)+$/.test(String(mail)))
		throw usage(`--alarm-mail ${String(mail)} is not allowed`, 'It takes one mail address', 'Give another');
	return {
		engine,
		takesOver,
		many,
		rows: file === undefined ? [] : accountsOf(file),
		mail: givenText(mail),
	};
}

/** The region, where something names one; many accounts have their own. */
const regionOf = (
	{state, given, run: {env, options}}: Session,
	{many}: {many: boolean},
): Promise<string | undefined> =>
	many
		? Promise.resolve(undefined)
		: namedRegion({
				region: givenText(given['region']),
				profile: givenText(given['profile']) ?? recordedProfile(state),
				env,
				sandbox: options.sandbox,
				state,
			});

/** Account, partition and region as far as flags, answers and record tell them. */
function whereabouts({options}: Run, {facts}: State, answers: Answers, region: string | undefined): Whereabouts {
	const arns = [...listAnswer(answers, 'keyAdministrators'), textAnswer(answers, 'permissionsBoundary')].flatMap(
		it => parseArn(it) ?? [],
	);
	const told = facts.account ?? options.expectAccount;
	if (options.expectAccount !== undefined && options.expectAccount !== told)
		throw usage(
			`--expect-account ${options.expectAccount} is another account`,
			`Setup ${options.setup} is of ${told ?? ''}`,
			'Leave the flag out, or name another setup with --setup NAME',
		);
	const partitions = [facts.partition, region && partitionOf(region), arns[0]?.partition];
	return {
		account: told ?? arns.find(it => /^\d{12}$/.test(it.account))?.account,
		partition: partitions.find(it => it !== undefined && it !== ''),
		region,
	};
}

/** The files, by name, in the order in which they are written. */
function filesOf(it: Exported, existing: Existing | undefined): Readonly<Record<string, string>> {
	const {engine, end, where, mail} = it;
	if (engine === 'terraform')
		return {
			'main.tf': mainTf(end, where),
			'provider.tf': providerTf(where),
			...(existing && {'imports.tf': importsTf(existing)}),
			...(mail !== undefined && {'alarm.tf': alarmTf(mail)}),
		};
	const purpose = {
		account: where.account ?? '',
		partition: where.partition ?? 'aws',
		manyAccounts: it.many,
		manyRegions: it.many && needsRegionInNames(it.rows),
		// Each stack of many watches its own key.
		...(it.many && {alarmMail: mail}),
	};
	return {
		'nps-kms.cfn.yaml': template(end, purpose),
		...(existing && {
			'nps-kms.import.cfn.yaml': template(end, {...purpose, takesOver: true}),
			'nps-kms.import.json': importsJson(existing),
		}),
		...(mail !== undefined && !it.many && {'nps-kms.alarm.cfn.yaml': alarmTemplate(mail, end.alias, it.keyArn)}),
	};
}
