const learned = {
	Account: '111122223333',
	Arn: 'arn:aws:iam::111122223333:user/admin',
	'Policy.Arn': 'arn:aws:iam::111122223333:policy/p',
	'User.Arn': 'arn:aws:iam::111122223333:user/u',
	'KeyMetadata.KeyId': 'k-1',
	'KeyMetadata.Arn': 'arn:aws:kms:eu-west-1:111122223333:key/k-1',
	'AccessKey.AccessKeyId': 'AKIA1',
	'AccessKey.SecretAccessKey': 'the secret',
};

/** An aws that writes down what it is called with, and what the file holds that it is to read; tells what it is asked. */
export const awsOfOurs = heard => `const {appendFileSync, readFileSync} = require('node:fs');
const words = process.argv.slice(2);
const named = words.includes('file://$NPS_KMS_INPUT');
const input = named ? JSON.parse(readFileSync(process.env.NPS_KMS_INPUT, 'utf8')) : null;
appendFileSync(${JSON.stringify(heard)}, JSON.stringify({words, input}) + '\\n');
const [query, paths = ''] = words.slice(words.indexOf('--query'));
const learned = ${JSON.stringify(learned)};
if (query === '--query') console.log(paths.replace(/[[\\]]/g, '').split(',').map(it => learned[it]).join('\\t'));
`;

/** What presses Ctrl+Break in a console of its own, and writes down how the program in it ended. */
export const breaker = {
	sender: `$how = '[DllImport("kernel32.dll")] public static extern bool GenerateConsoleCtrlEvent(uint what, uint group);'
Add-Type -Name Console -Namespace Win -MemberDefinition $how
[Win.Console]::GenerateConsoleCtrlEvent(1, 0)
`,
	script: ({command, args, sender, ended}) => `const {spawn} = require('node:child_process');
const {writeFileSync} = require('node:fs');
process.on('SIGBREAK', () => undefined);
const child = spawn(${JSON.stringify(command)}, ${JSON.stringify(args)}, {stdio: ['ignore', 'pipe', 'ignore']});
const words = ['-NoProfile', '-ExecutionPolicy', 'Bypass', '-File', ${JSON.stringify(sender)}];
child.stdout.once('data', () => spawn('powershell.exe', words, {stdio: 'ignore'}));
child.on('close', code => writeFileSync(${JSON.stringify(ended)}, String(code)));
`,
};
