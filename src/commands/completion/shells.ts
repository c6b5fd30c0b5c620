import type {CommandWord, FlagWord, Value} from './words.js';

/** The shells that completion is written for. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/** What a shell asks while somebody types: the names of the setups of this machine, one a line. */
const asks = 'nps-kms completion setups';

/** The completion script of a shell: static words, but for the names of setups. */
export const completionOf = (shell: Shell, words: readonly CommandWord[]): string => scripts[shell](words);

const usual = (words: readonly CommandWord[]): readonly FlagWord[] => words.find(it => it.byDefault)?.flags ?? [];
const isKnown = (value: Value): value is readonly string[] => Array.isArray(value);
/** The flags of all commands, each once, by what may follow them. */
function following(words: readonly CommandWord[], is: (value: Value) => boolean): readonly string[] {
	return [...new Set(words.flatMap(it => it.flags.filter(({value}) => is(value)).map(({flag}) => flag)))];
}
/** What may follow a flag, where that is known; of commands that share a flag, all of it. */
function choices(words: readonly CommandWord[]): ReadonlyMap<string, readonly string[]> {
	const found = new Map<string, readonly string[]>();
	for (const {flag, value} of words.flatMap(it => it.flags))
		if (isKnown(value)) found.set(flag, [...new Set([...(found.get(flag) ?? []), ...value])]);
	return found;
}

function bash(words: readonly CommandWord[]): string {
	const names = words.map(it => it.name);
	const cases = (list: readonly string[], act: string): readonly string[] =>
		list.length > 0 ? [`		${list.join('|')}) ${act} ;;`] : [];
	return [
		'# Completion of nps-kms for bash: source <(nps-kms completion bash)',
		'_nps_kms() {',
		`	local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} named= words= i`,
		"	local IFS=$' \\t\\n'",
		'	# bash takes --flag=value for three words.',
		`	if [ "$cur" = = ]; then cur=; elif [ "$prev" = = ]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi`,
		'	COMPREPLY=()',
		'	for ((i = 1; i < COMP_CWORD; i++)); do',
		`		case \${COMP_WORDS[i]} in ${names.join('|')}) named=\${COMP_WORDS[i]}; break ;; esac`,
		'	done',
		'	case $prev in',
		...cases(
			following(words, it => it === 'name of a setup'),
			`COMPREPLY=($(compgen -W "$(${asks} 2>/dev/null)" -- "$cur")); return`,
		),
		...cases(
			following(words, it => it === 'file'),
			'compopt -o filenames 2>/dev/null; IFS=$\'\\n\'; COMPREPLY=($(compgen -f -- "$cur")); return',
		),
		...[...choices(words)].flatMap(([flag, list]) =>
			cases([flag], `COMPREPLY=($(compgen -W '${list.join(' ')}' -- "$cur")); return`),
		),
		...cases(
			following(words, it => it === 'other'),
			'return',
		),
		'	esac',
		'	case $named in',
		...words.map(
			({name, takes, flags}) => `		${name}) words='${[...takes, ...flags.map(it => it.flag)].join(' ')}' ;;`,
		),
		`		*) words='${[...names, 'help', ...usual(words).map(it => it.flag), '--version'].join(' ')}' ;;`,
		'	esac',
		'	COMPREPLY=($(compgen -W "$words" -- "$cur"))',
		'}',
		'complete -F _nps_kms nps-kms',
	].join('\n');
}

const single = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
function zsh(words: readonly CommandWord[]): string {
	const described = (name: string, says: string): string =>
		single(`${name.replaceAll(':', String.raw`\:`)}:${firstPart(says)}`);
	const flagLines = (flags: readonly FlagWord[]): string => flags.map(it => described(it.flag, it.says)).join(' ');
	return [
		'#compdef nps-kms',
		'# Completion of nps-kms for zsh, after compinit: source <(nps-kms completion zsh)',
		'_nps_kms() {',
		`	local named= prev=\${words[CURRENT-1]} word`,
		'	local -a commands flags takes setups',
		'	# --flag=value is one word here.',
		`	if [[ $PREFIX == --*=* ]]; then prev=\${PREFIX%%=*}; compset -P '*='; fi`,
		`	for word in \${words[2,CURRENT-1]}; do`,
		`		case $word in ${words.map(it => it.name).join('|')}) named=$word; break ;; esac`,
		'	done',
		'	case $prev in',
		...following(words, it => it === 'name of a setup').map(
			it => `		${it}) setups=(\${(f)"$(${asks} 2>/dev/null)"}); compadd -a setups; return ;;`,
		),
		...following(words, it => it === 'file').map(it => `		${it}) _files; return ;;`),
		...[...choices(words)].map(([flag, list]) => `		${flag}) compadd ${list.map(single).join(' ')}; return ;;`),
		...following(words, it => it === 'other').map(it => `		${it}) return ;;`),
		'	esac',
		'	case $named in',
		...words.map(
			({name, takes, flags}) => `		${name}) takes=(${takes.map(single).join(' ')}); flags=(${flagLines(flags)}) ;;`,
		),
		`		*) commands=(${words.map(it => described(it.name, it.says)).join(' ')})`,
		`			flags=(${flagLines(usual(words))}) ;;`,
		'	esac',
		'	(( $#takes )) && compadd -a takes',
		'	(( $#commands )) && _describe -t commands command commands',
		'	_describe -t flags flag flags',
		'}',
		'compdef _nps_kms nps-kms',
	].join('\n');
}

const fishText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
function fish(words: readonly CommandWord[]): string {
	const names = words.map(it => it.name).join(' ');
	const none = `not __fish_seen_subcommand_from ${names}`;
	const flagLine = (when: string, {flag, says, value}: FlagWord): string => {
		const more = isKnown(value) ? ` -xa ${fishText(value.join(' '))}` : follows[value];
		return `complete -c nps-kms -n ${fishText(when)} -l ${flag.slice(2)}${more} -d ${fishText(firstPart(says))}`;
	};
	const follows = {none: '', file: ' -rF', 'name of a setup': ` -xa '(${asks} 2>/dev/null)'`, other: ' -x'} as const;
	return [
		'# Completion of nps-kms for fish: nps-kms completion fish | source',
		'complete -c nps-kms -f',
		...words.flatMap(({name, says, takes, flags, byDefault}) => {
			const seen = `__fish_seen_subcommand_from ${name}`;
			return [
				`complete -c nps-kms -n ${fishText(none)} -a ${name} -d ${fishText(firstPart(says))}`,
				...(takes.length > 0 ? [`complete -c nps-kms -n ${fishText(seen)} -a ${fishText(takes.join(' '))}`] : []),
				...flags.map(it => flagLine(byDefault ? `${seen}; or ${none}` : seen, it)),
			];
		}),
	].join('\n');
}

/** To PowerShell typographic quotes are quotes too. */
const powershellText = (text: string): string => `'${text.replaceAll(/['\u2018-\u201B]/g, '$&$&')}'`;
function powershell(words: readonly CommandWord[]): string {
	const list = (all: readonly string[]): string => `@(${all.map(powershellText).join(', ')})`;
	const table = (of: (it: CommandWord) => readonly string[]): readonly string[] =>
		words.map(it => `		${powershellText(it.name)} = ${list(of(it))}`);
	return [
		'# Completion of nps-kms for PowerShell: nps-kms completion powershell | Out-String | Invoke-Expression',
		'Register-ArgumentCompleter -Native -CommandName nps-kms -ScriptBlock {',
		'	param($wordToComplete, $commandAst, $cursorPosition)',
		'	$words = @{',
		...table(it => [...it.takes, ...it.flags.map(({flag}) => flag)]),
		'	}',
		'	$choices = @{',
		...[...choices(words)].map(([flag, all]) => `		${powershellText(flag)} = ${list(all)}`),
		'	}',
		`	$setups = ${list(following(words, it => it === 'name of a setup'))}`,
		`	$files = ${list(following(words, it => it === 'file'))}`,
		`	$others = ${list(following(words, it => it === 'other'))}`,
		'	# What stands before the word that is being typed.',
		'	$before = @($commandAst.CommandElements | Select-Object -Skip 1 |',
		'		Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })',
		'	$named = $before | Where-Object { $words.ContainsKey($_) } | Select-Object -First 1',
		"	$previous = if ($before.Count -gt 0) { $before[-1] } else { '' }",
		'	$offered = @(',
		`		if ($setups -contains $previous) { ${asks} }`,
		'		elseif ($choices.ContainsKey($previous)) { $choices[$previous] }',
		'		elseif ($files -contains $previous -or $others -contains $previous) { }',
		'		elseif ($named) { $words[$named] }',
		`		else { ${list([...words.map(it => it.name), 'help', ...usual(words).map(it => it.flag), '--version'])} }`,
		'	)',
		'	$offered | Where-Object { "$_".StartsWith($wordToComplete) } |',
		"		ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }",
		'}',
	].join('\n');
}

/** What a list of completions has room for. */
const firstPart = (says: string): string => says.split(/[;:,(]/)[0]?.trim() ?? '';

const scripts: Readonly<Record<Shell, (words: readonly CommandWord[]) => string>> = {bash, zsh, fish, powershell};
