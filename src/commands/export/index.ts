import {Argument, Option} from 'commander';
import {fieldFlags, fieldsOf} from '../../run/given-answers.js';
import {setup} from '../../steps/index.js';
import type {Command} from '../command.js';
import {runOf, sharedFlags} from '../course-command.js';
import {mustPrint, outFlags} from '../out-file.js';

/** The engines that the set-up is written for. */
const engines = ['cloudformation', 'terraform'] as const;

/** Writes the set-up, the access key apart, as CloudFormation and Terraform make it. */
export const exportCommand: Command = {
	name: 'export',
	says:
		'prints the same set-up, without the access key, for CloudFormation or Terraform, by the record or by flags ' +
		'alone; asks AWS nothing',
	examples: [
		['nps-kms export terraform --out nps', 'main.tf and provider.tf, into the folder nps'],
		['nps-kms export cloudformation --import --out nps', 'of a finished set-up, to be taken over'],
	],
	course: setup,
	takes: () => new Argument('<engine>', 'what makes it').choices(engines),
	flags: () => [
		...sharedFlags().filter(it => ['--setup', '--expect-account', '--sandbox'].includes(it.long ?? '')),
		new Option('--import', 'take over a finished setup that is there, without a change'),
		new Option('--stack-set', 'for many accounts and regions, by CloudFormation StackSets'),
		new Option(
			'--accounts <file>',
			'whose lines are to be printed for --stack-set: CSV of setup,profile,account,region',
		),
		new Option('--alarm-mail <address>', 'add an alarm that mails when anybody touches the KMS key'),
		...outFlags(new Option('--out <folder>', 'write the files into this folder')),
		...fieldFlags(fieldsOf(setup, 'nps')),
	],
	async run(flags, host) {
		mustPrint(flags, true, '');
		return (await import('./export.js')).exportSetup(runOf(setup, flags, host), host.endNow);
	},
};
