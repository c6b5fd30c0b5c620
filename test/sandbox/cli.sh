#!/bin/bash
# The vendor's procedure by the aws CLI, as far as a proof; stops at the first thing that is not as it should be.
set -euo pipefail
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT

is() { # what, is, should be
	[ "$2" = "$3" ] || { echo "$1: '$2' instead of '$3'" >&2; exit 1; }
}
refused() { # code, command …
	local code=$1 said
	shift
	if said=$("$@" 2>&1); then echo "$*: is not refused" >&2; exit 1; fi
	[[ $said == *"($code)"* ]] || { echo "$*: $said" >&2; exit 1; }
}

# Once as it is installed; then as clients.test.ts has loaded it.
account=$(PATH=$INSTALLED aws sts get-caller-identity --query Account --output text)
policy=$(aws iam create-policy --policy-name nps --query Policy.Arn --output text --tags Key=team,Value=x --policy-document '{
	"Version": "2012-10-17",
	"Statement": [{"Sid": "VisualEditor0", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:*:'"$account"':key/*"}]
}')
is policy "$policy" "arn:aws:iam::$account:policy/nps"
user=$(aws iam create-user --user-name nps --query User.Arn --output text)
refused EntityAlreadyExists aws iam create-user --user-name NPS
aws iam attach-user-policy --user-name nps --policy-arn "$policy"
read -r id secret < <(aws iam create-access-key --user-name nps --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text)
key=$(aws kms create-key --query KeyMetadata.Arn --output text --policy '{
	"Version": "2012-10-17",
	"Statement": [
		{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::'"$account"':root"}, "Action": "kms:*", "Resource": "*"},
		{"Effect": "Allow", "Principal": {"AWS": "'"$user"'"}, "Action": ["kms:Encrypt", "kms:Decrypt"], "Resource": "*"}
	]
}')
aws kms create-alias --alias-name alias/nps --target-key-id "$key"
is versions "$(aws iam create-policy-version --policy-arn "$policy" --set-as-default --query PolicyVersion.VersionId --output text --policy-document '{
	"Version": "2012-10-17",
	"Statement": [{"Sid": "VisualEditor0", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "'"$key"'"}]
}')" v2
is users "$(aws iam list-users --query 'Users[].UserName' --output text | xargs)" 'admin nps'
is resource "$(aws iam get-policy-version --policy-arn "$policy" --version-id v2 --query 'PolicyVersion.Document.Statement[0].Resource' --output text)" "$key"

export AWS_ACCESS_KEY_ID=$id AWS_SECRET_ACCESS_KEY=$secret
printf proof >"$files/plain"
aws kms encrypt --key-id alias/nps --plaintext "fileb://$files/plain" --query CiphertextBlob --output text | base64 -d >"$files/sealed"
is proof "$(aws kms decrypt --ciphertext-blob "fileb://$files/sealed" --query Plaintext --output text | base64 -d)" proof
refused AccessDeniedException aws kms disable-key --key-id "$key"
AWS_SECRET_ACCESS_KEY=wrong refused InvalidSignatureException aws kms list-keys
echo all as it should be
