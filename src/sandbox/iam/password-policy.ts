import type {Account, PasswordPolicy, User} from '../account/account.js';
import {type Asked, type Data, type Operations, Refusal} from '../operation.js';
import {missing} from './find-in-account.js';
import {flag, operation, wholeNumber} from './parameters.js';

/** GetAccountPasswordPolicy, UpdateAccountPasswordPolicy, DeleteAccountPasswordPolicy. */
export const passwordPolicies: Operations = {
	GetAccountPasswordPolicy: operation({
		about: () => '*',
		run: (_told, {account}): Data => {
			const {maxAge, reusePrevention, hardExpiry, ...always} = policyOf(account);
			return {
				PasswordPolicy: {
					MinimumPasswordLength: always.minimumLength,
					RequireSymbols: always.symbols,
					RequireNumbers: always.numbers,
					RequireUppercaseCharacters: always.uppercase,
					RequireLowercaseCharacters: always.lowercase,
					AllowUsersToChangePassword: always.usersMayChange,
					ExpirePasswords: maxAge !== undefined,
					...(maxAge !== undefined && {MaxPasswordAge: maxAge}),
					...(reusePrevention !== undefined && {PasswordReusePrevention: reusePrevention}),
					...(hardExpiry !== undefined && {HardExpiry: hardExpiry}),
				},
			};
		},
	}),
	/**
	 * What isn't said goes back to its default.
	 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
	 */
	UpdateAccountPasswordPolicy: operation({
		about: (_told, asked) => {
			wishes(asked);
			return '*';
		},
		run: (_told, asked) => {
			asked.account.passwordPolicy = wishes(asked);
			return {};
		},
	}),
	DeleteAccountPasswordPolicy: operation({
		about: () => '*',
		run: (_told, {account}) => {
			policyOf(account);
			delete account.passwordPolicy;
			return {};
		},
	}),
};

function policyOf({passwordPolicy, id}: Account): PasswordPolicy {
	if (!passwordPolicy) throw missing(`The Password Policy with domain name ${id} cannot be found.`);
	return passwordPolicy;
}
function wishes({input}: Asked): PasswordPolicy {
	const is = (name: string): boolean => flag(input[name]) ?? false;
	const maxAge = wholeNumber(input, 'MaxPasswordAge', 1, 1095);
	const reusePrevention = wholeNumber(input, 'PasswordReusePrevention', 1, 24);
	const hardExpiry = flag(input['HardExpiry']);
	return {
		minimumLength: wholeNumber(input, 'MinimumPasswordLength', 6, 128) ?? 6,
		symbols: is('RequireSymbols'),
		numbers: is('RequireNumbers'),
		uppercase: is('RequireUppercaseCharacters'),
		lowercase: is('RequireLowercaseCharacters'),
		usersMayChange: is('AllowUsersToChangePassword'),
		...(maxAge !== undefined && {maxAge}),
		...(reusePrevention !== undefined && {reusePrevention}),
		...(hardExpiry !== undefined && {hardExpiry}),
	};
}

/**
 * The kinds of characters, as the account's policy may ask for them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
 */
const kinds: readonly (readonly [kind: 'uppercase' | 'lowercase' | 'numbers' | 'symbols', of: RegExp, word: string])[] =
	[
		['uppercase', /[A-Z]/, 'uppercase letter'],
		['lowercase', /[a-z]/, 'lowercase letter'],
		['numbers', /\d/, 'number'],
		['symbols', /[!@#$%^&*()_+\-=[\]{}|']/, 'symbol'],
	];
/** Refuses a password that the account's policy refuses: its own, or AWS's for accounts that have set none. */
export function checkPassword({passwordPolicy: policy, id, alias}: Account, user: User, password: string): void {
	const least = policy?.minimumLength ?? 8;
	if (password.length < least) throw against(`Password should have a minimum length of ${least}`);
	const missed = kinds.filter(([, of]) => !of.test(password));
	const wanted = policy && missed.find(([kind]) => policy[kind]);
	if (wanted) throw against(`Password should have at least one ${wanted[2]}`);
	if (!policy && (missed.length > 1 || [id, alias, user.name].includes(password))) throw against();
	const {password: now, earlier = []} = user.loginProfile ?? {password: undefined};
	if ([now, ...earlier].slice(0, policy?.reusePrevention ?? 0).includes(password)) throw against();
}
const against = (message = 'Password does not conform to the account password policy.'): Refusal =>
	new Refusal('PasswordPolicyViolation', message);
