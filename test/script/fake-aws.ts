/** An aws command that answers from memory, notes its words, and shows the environment that it gets; what `refuse` names is refused that often. */
export const aws = String.raw`#!/bin/bash
printf '%s ' "$@" >>"$FAKE/heard"; echo >>"$FAKE/heard"
env >>"$FAKE/environments"
api="$1 $2"
if [ "$1 $2 $(cat "$FAKE/refuse/$2.left" 2>/dev/null || echo 0)" != "$api 0" ]; then
	echo $(($(cat "$FAKE/refuse/$2.left") - 1)) >"$FAKE/refuse/$2.left"
	printf '\n%s\n' "$(cat "$FAKE/refuse/$2.says")" >&2
	exit "$(cat "$FAKE/refuse/$2.code")"
fi
case $api in
'sts get-caller-identity') printf '111122223333\tarn:aws:iam::111122223333:user/anna\n' ;;
'iam create-policy') echo arn:aws:iam::111122223333:policy/NPS_KMS_Policy ;;
'iam create-user') echo arn:aws:iam::111122223333:user/nps-kms-user ;;
'iam create-login-profile') cat >"$FAKE/password" ;;
'iam create-access-key') printf 'AKIAIOSFODNN7EXAMPLE\tCANARY/secret+key=\n' ;;
'kms get-key-policy') cat "$FAKE/key-policy" ;;
'kms create-key') printf 'key-1\tarn:aws:kms:eu-west-1:111122223333:key/key-1\n' ;;
esac
`;
