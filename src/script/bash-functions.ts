// The fixed parts of a script for bash 3.2 or later; the AWS CLI's words and exit codes are the same in its versions 1
// and 2.

/** What every script needs. */
export const functions = `case \${BASH_SOURCE[0]:-} in
'' | /dev/* | /proc/*) log=./nps-kms.$mark.log ;;
*) log=\${BASH_SOURCE[0]}.$mark.log ;;
esac
at='' # the change under way
out=no # whether its call is out, and AWS has not answered clearly
made=0
begun=no
secret='' # one that must not be told
claimed='' # the file that waits for a secret

say() { printf '%s\\n' "$*"; }
note() {
	say "$*"
	printf '%s %s\\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >>"$log"
}
# fail WHAT WHY DO: stops
fail() {
	printf 'Stopped: %s\\n  %s\\n  -> %s\\n' "$1" "$2" "$3" >&2
	exit 1
}
ended() {
	local code=$?
	if [ -n "$claimed" ]; then if [ ! -s "$claimed" ] || [ $out = no ]; then rm -f -- "$claimed"; fi; fi
	[ $code != 0 ] || return 0
	[ -z "$at" ] || say "Stopped at: $at."
	[ $out = no ] || say "  AWS gave no clear answer: it may have been done."
	if [ $made = 0 ] && [ $out = no ]; then
		say '  Nothing has changed.'
		if [ $begun = yes ]; then rm -f -- "$log"; fi
	else
		say "  $made of $changes changes are made; $log tells which. This script won't run again."
		onward
	fi
} >&2
trap ended EXIT

# retry SECONDS PATTERN COMMAND...: runs it, and again for as long as AWS refuses it for a reason known to pass;
# 9 if AWS refused it for good
retry() {
	local limit=$1 known=$2 start=$SECONDS pause=1 errors code
	shift 2
	while :; do
		code=0
		{ errors=$("$@" 2>&1 >&3) || code=$?; } 3>&1
		[ $code != 0 ] || return 0
		errors=\${errors#$'\\n'}
		[ -z "$secret" ] || errors=\${errors//"$secret"/(secret)}
		if [[ ! $errors =~ $known ]] || [ $((SECONDS - start)) -ge "$limit" ]; then break; fi
		say "  waiting, at most $limit s: $errors" >&4
		sleep $pause
		[ $pause = 5 ] || pause=$((pause + 1))
	done
	printf '%s\\n' "$errors" >&2
	[[ $errors =~ $unclear ]] && return 1
	case $code in 2 | 9 | 252 | 253) return 9 ;; esac # nothing was sent, or AWS refused it
	[[ $errors == *'An error occurred ('* ]] && return 9
	return 1
}
exec 4>&2

# call WHAT COMMAND...: makes one change; its answer is in $reply
call() {
	at=$1
	shift
	local code=0
	out=yes
	reply=$(retry 60 "$busy" "$@") || code=$?
	if [ $code = 9 ]; then out=no; fi
	[ $code = 0 ] || exit 1
	out=no
	made=$((made + 1))
	note "done: $at"
	at=''
}
# learn NAME...: the words of the answer
learn() {
	local name
	for name; do
		printf -v "$name" %s "\${reply%%$'\\t'*}"
		reply=\${reply#*$'\\t'}
		case \${!name} in '' | None)
			out=yes
			fail "AWS's answer lacks $name" 'It is not what the AWS CLI usually gives' 'Let nps-kms look'
			;;
		esac
	done
	reply=''
}
# feed TEXT COMMAND...: by a pipe, so that no other program sees it
feed() {
	local text=$1
	shift
	printf %s "$text" | "$@"
}`;

/** What a script with secrets needs. */
export const placing = `# free FILE: stops unless a secret can go there
free() {
	local folder
	folder=$(dirname -- "$1")
	if [ -s "$1" ] || [ -L "$1" ]; then
		fail "$1 is there already" 'A secret would go there; nothing is overwritten' \\
			'If this script ran before, let nps-kms carry on; if not, name another file at the head of this script'
	fi
	if [ ! -d "$folder" ] || [ ! -w "$folder" ]; then
		fail "A secret can't go to $1" "There is no folder $folder that you can write to" \\
			'Name another file at the head of this script'
	fi
}
# claim FILE: makes it, for its owner alone, before there is a secret
claim() {
	free "$1"
	(set -C && : >"$1") 2>/dev/null || { [ -f "$1" ] && [ -O "$1" ] && chmod 600 -- "$1"; } ||
		fail "$1 can't be made" 'A secret would go there' 'Name another file at the head of this script'
	claimed=$1
}
# keep FILE HEADER ROW: the console's CSV
keep() {
	printf '%s\\r\\n' "$2" "$3" >|"$1" ||
		fail "The secret can't be written to $1" 'The disk may be full' 'Mend that, then let nps-kms carry on'
}
kept() {
	claimed='' secret=''
	note "  its secret is in $1"
}`;

/** What a script needs that replaces a key policy. */
export const comparing = `# same KEY POLICY: stops unless the key policy is as it was reviewed, spaces apart
same() {
	local now
	now=$(retry 60 "$busy" aws kms get-key-policy --key-id "$1" --policy-name default --query Policy --output text) ||
		fail "The key policy of KMS key $1 can't be read" 'All of it would be replaced' \\
			'Ask for the permission kms:GetKeyPolicy, then let nps-kms look'
	[ "$(printf %s "$now" | tr -d '[:space:]')" = "$(printf %s "$2" | tr -d '[:space:]')" ] ||
		fail "The key policy of KMS key $1 isn't as it was reviewed any more" \\
			'Somebody wrote it since, and what they wrote would be lost' 'Let nps-kms look, and review what it would do now'
}`;

/** Who runs it, and whether it ran before. */
export const looks = `[ ! -e "$log" ] ||
	fail 'This script was started before' "$log tells how far it came" \\
		'Let nps-kms carry on; it looks, and does what is missing'
command -v aws >/dev/null ||
	fail 'There is no aws command' 'This script uses the AWS CLI' 'Install it: https://docs.aws.amazon.com/cli/'
who=$(aws sts get-caller-identity --query '[Account,Arn]' --output text) ||
	fail "AWS doesn't tell who you are" 'It says why, above' 'Sign in, or check the credentials'
[ "\${who%%$'\\t'*}" = "$account" ] ||
	fail "These credentials are of account \${who%%$'\\t'*}" "This script is for account $account" \\
		'Use the credentials of that account'
say "In account $account, region $AWS_REGION, as \${who#*$'\\t'}, this script will:"`;

/** The yes of a person who is there, and the mark that it runs. */
export const start = `if [ -t 0 ] && [ -t 1 ]; then
	read -r -p 'Go on? [y/N] ' yes
	case $yes in [yY] | [yY][eE][sS]) ;; *) exit 130 ;; esac
fi
(set -C && : >"$log") 2>/dev/null ||
	fail "$log can't be written" 'It tells what was done, and keeps this script from running twice' \\
		'Put this script into a folder that you can write to'
begun=yes`;
