#!/usr/bin/env bash
# The vendor's procedure as the calls that its console makes, by the aws CLI: what an admin's own script would do.
set -euo pipefail
umask 077
account=$(aws sts get-caller-identity --query Account --output text)
policy=$(aws iam create-policy --policy-name "$1" --query Policy.Arn --output text \
	--policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:*:'"$account"':key/*"}]}')
user=$(aws iam create-user --user-name "$2" --query User.Arn --output text)
aws iam attach-user-policy --user-name "$2" --policy-arn "$policy"
aws iam create-access-key --user-name "$2" --query 'AccessKey.[AccessKeyId,SecretAccessKey]' --output text >"$4"
key=$(aws kms create-key --query KeyMetadata.KeyId --output text --policy '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::'"$account"':root"},"Action":"kms:*","Resource":"*"},{"Effect":"Allow","Principal":{"AWS":"'"$user"'"},"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"*"}]}')
aws kms create-alias --alias-name "alias/$3" --target-key-id "$key"
aws kms enable-key-rotation --key-id "$key"
arn=$(aws kms describe-key --key-id "$key" --query KeyMetadata.Arn --output text)
aws kms get-key-policy --key-id "$key" --policy-name default >/dev/null
aws iam create-policy-version --policy-arn "$policy" --set-as-default >/dev/null \
	--policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:Decrypt","Resource":"'"$arn"'"}]}'
aws iam get-policy --policy-arn "$policy" >/dev/null
