// Asks a real account what docs/unverified.md leaves open: npm run contract:aws -- --expect-account ID
import {createInterface} from 'node:readline/promises';
import {parseArgs} from 'node:util';
import {GetCallerIdentityCommand} from '@aws-sdk/client-sts';
import {clientsOf, make} from './made.js';
import {questions} from './questions.js';

const {values} = parseArgs({
	options: {'expect-account': {type: 'string'}, region: {type: 'string'}, yes: {type: 'boolean'}},
});
const region = values.region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
const expected = values['expect-account'];

process.exitCode = await contract();

async function contract(): Promise<number> {
	if (!expected || !region) {
		console.error('Give --expect-account ID and a region (--region or AWS_REGION).');
		return 2;
	}
	const operator = clientsOf(region);
	const {Account = '', Arn = ''} = await operator.sts.send(new GetCallerIdentityCommand({}));
	if (Account !== expected) {
		console.error(`These credentials are of account ${Account}, not ${expected}. Nothing was changed.`);
		return 1;
	}
	console.log(
		`In account ${Account}, ${region}, as ${Arn}, this makes a user, a policy, an access key and two KMS keys named nps-kms-contract-…,`,
	);
	console.log(
		'asks its questions (up to two hours, for AWS tells of uses late) and removes them again. The two KMS keys cost a few cents at most, then wait 7 days for their deletion.',
	);
	if (!values.yes && !(await agreed(Account))) {
		console.log('Nothing was changed.');
		return 130;
	}
	return ask(operator, {account: Account, partition: Arn.split(':')[1] ?? 'aws', region});
}

async function agreed(account: string): Promise<boolean> {
	const lines = createInterface({input: process.stdin, output: process.stdout});
	const typed = await lines.question(`Type the account id to go on: `);
	lines.close();
	return typed.trim() === account;
}

async function ask(
	operator: ReturnType<typeof clientsOf>,
	where: {account: string; partition: string; region: string},
): Promise<number> {
	const going: {readonly what: string; remove(): Promise<unknown>}[] = [];
	let failed = 0;
	let leaving = false;
	process.once('SIGINT', () => {
		leaving = true;
		console.log('Finishing this question, then removing what was made …');
	});
	try {
		const made = await make(operator, where, (what, remove) => going.unshift({what, remove}));
		for (const {id, ask: put} of questions) {
			if (leaving) break;
			const answer = await put(made).catch((error: unknown) => {
				failed += 1;
				return `no answer: ${String(error)}`;
			});
			console.log(`| \`${id}\` | ${answer.replaceAll('|', '\\|')} |`);
		}
	} finally {
		for (const {what, remove} of going) {
			try {
				await remove();
				console.log(`removed ${what}`);
			} catch (error) {
				failed += 1;
				console.error(`NOT removed: ${what}: ${String(error)}`);
			}
		}
	}
	return failed > 0 ? 1 : 0;
}
