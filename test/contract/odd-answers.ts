import {join} from 'node:path';

/** Answers of every kind, as odd as AWS allows, with secrets in this folder. */
export const oddAnswers = (home: string) => ({
	policyName: 'N=P,S@lab',
	policyDescription: `file:// it's "quoted" $HOME \`id\` – 鍵`,
	tags: {team: 'pam', 'http://wiki': '-x', 'Kosten-Stelle': 'Zürich @4711'},
	path: '/o.n,l+y=@_-/nps/',
	userName: 'lab,user',
	consoleAccess: true,
	permissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess',
	consolePasswordFile: join(home, "it's a password.csv"),
	accessKeyDescription: '--NPS: of the lab',
	secretFile: join(home, 'the secret.csv'),
	keyAlias: 'lab/key',
	keyDescription: 'http://wiki\n"two" lines',
	keyAdministrators: ['arn:aws:iam::111122223333:user/admin'],
	keyRotation: true,
	deletionGuard: '30',
	sourceIp: ['127.0.0.0/8', '2001:db8::/32'],
	sourceVpce: ['vpce-0a1b2c3d4e5f67890'],
	sourceReason: 'the server\'s "old" place',
});
