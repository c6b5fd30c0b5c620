"""Calls every operation of the sandbox through boto3, and holds each raw answer against AWS's own model.

argv: the URL. stdin: the names of its operations by service, as JSON. stdout: what is wrong, as a JSON list.
"""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from model import called, check, tell, wrong

url = sys.argv[1]
offered = json.load(sys.stdin)


def client(service, **more):
    made = boto3.client(service, endpoint_url=url, config=Config(retries={"total_max_attempts": 1}), **more)
    made.meta.events.register(f"before-parse.{service}", lambda response_dict, operation_model, **_: check(response_dict, operation_model))
    return made


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] != code:
            tell(call.__name__, error)
        called.setdefault(call.__self__.meta.service_model.service_name, set()).add(error.operation_name)
    else:
        tell(call.__name__, f"is not refused as {code}")


def every_page(made, operation, **parameters):
    """All that a list call tells, by boto3's own paginator: its pages are as small as the sandbox was told to make them."""
    pages = list(made.get_paginator(operation).paginate(**parameters))
    keys = made.get_paginator(operation).result_keys
    return [it for page in pages for key in keys for it in page.get(key.expression, [])]


def same(where, a, b):
    if a != b:
        tell(where, f"{a!r} instead of {b!r}")


# --- IAM ----------------------------------------------------------------------------------------

iam, sts, kms, cloudtrail = client("iam"), client("sts"), client("kms"), client("cloudtrail")
me = sts.get_caller_identity()
account, partition = me["Account"], me["Arn"].split(":")[1]
document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}]}
text = json.dumps(document)
trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": me["Arn"]}, "Action": "sts:AssumeRole"}]})
tags = [{"Key": "team", "Value": "ü + a"}, {"Key": "empty", "Value": ""}, {"Key": "setup", "Value": "1"}]


def of_the_account():
    iam.create_account_alias(AccountAlias="sandbox-1")
    same("alias", iam.list_account_aliases()["AccountAliases"], ["sandbox-1"])
    iam.delete_account_alias(AccountAlias="sandbox-1")
    same("summary", iam.get_account_summary()["SummaryMap"]["AccessKeysPerUserQuota"], 2)
    refused("NoSuchEntity", iam.get_account_password_policy)
    iam.update_account_password_policy(MinimumPasswordLength=12, RequireSymbols=True, MaxPasswordAge=90, PasswordReusePrevention=5, HardExpiry=False)
    told = iam.get_account_password_policy()["PasswordPolicy"]
    same("password policy", [told["MinimumPasswordLength"], told["RequireNumbers"], told["ExpirePasswords"], told["HardExpiry"]], [12, False, True, False])
    iam.delete_account_password_policy()


def of_policies():
    arn = iam.create_policy(PolicyName="p", PolicyDocument=text, Description="A <policy> & \"more\"", Tags=tags)["Policy"]["Arn"]
    iam.create_policy(PolicyName="q", PolicyDocument=text)
    same("description", iam.get_policy(PolicyArn=arn)["Policy"]["Description"], "A <policy> & \"more\"")
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=text)
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
    same("versions", len(every_page(iam, "list_policy_versions", PolicyArn=arn)), 2)
    same("document", iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]["Document"], document)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    same("policies", len(every_page(iam, "list_policies", Scope="Local")), 2)
    iam.untag_policy(PolicyArn=arn, TagKeys=["empty"])
    iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "more", "Value": "1"}])
    same("policy tags", {it["Key"]: it["Value"] for it in every_page(iam, "list_policy_tags", PolicyArn=arn)}, {"team": tags[0]["Value"], "setup": "1", "more": "1"})
    return arn


def of_users(policy):
    user = {"UserName": "nps"}
    iam.create_user(**user, Path="/teams/", Tags=tags, PermissionsBoundary=policy)
    iam.create_user(UserName="other")
    iam.delete_user_permissions_boundary(**user)
    iam.put_user_permissions_boundary(**user, PermissionsBoundary=policy)
    iam.get_user(**user)
    same("users", [it["UserName"] for it in every_page(iam, "list_users")], ["admin", "nps", "other"])
    iam.untag_user(**user, TagKeys=["setup"])
    iam.tag_user(**user, Tags=[{"Key": "a", "Value": "b"}])
    same("user tags", len(every_page(iam, "list_user_tags", **user)), 3)
    iam.attach_user_policy(**user, PolicyArn=policy)
    iam.attach_user_policy(**user, PolicyArn=f"arn:{partition}:iam::aws:policy/ReadOnlyAccess")
    same("attached", len(every_page(iam, "list_attached_user_policies", **user)), 2)
    iam.put_user_policy(**user, PolicyName="inline", PolicyDocument=text)
    same("inline", iam.get_user_policy(**user, PolicyName="inline")["PolicyDocument"], document)
    same("inline names", every_page(iam, "list_user_policies", **user), ["inline"])
    iam.create_login_profile(**user, Password="Correct-horse-7", PasswordResetRequired=True)
    iam.get_login_profile(**user)
    iam.update_login_profile(**user, PasswordResetRequired=False)
    serial = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(**user, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="123456")
    same("devices", len(every_page(iam, "list_mfa_devices", **user)), 1)
    for _ in range(2):
        key = iam.create_access_key(**user)["AccessKey"]["AccessKeyId"]
    refused("LimitExceeded", iam.create_access_key, **user)
    iam.update_access_key(**user, AccessKeyId=key, Status="Inactive")
    same("keys", [it["Status"] for it in every_page(iam, "list_access_keys", **user)], ["Active", "Inactive"])
    iam.get_access_key_last_used(AccessKeyId=key)
    same("last used", iam.get_access_key_last_used(AccessKeyId=boto3.Session().get_credentials().access_key)["AccessKeyLastUsed"]["ServiceName"], "iam")
    for operation in ("list_signing_certificates", "list_ssh_public_keys"):
        every_page(iam, operation, **user)
    iam.list_service_specific_credentials(**user)
    return serial


def of_groups(policy):
    group = {"GroupName": "keepers"}
    iam.create_group(**group)
    iam.add_user_to_group(**group, UserName="nps")
    iam.add_user_to_group(**group, UserName="other")
    same("group", [it["UserName"] for it in every_page(iam, "get_group", **group)], ["nps", "other"])
    every_page(iam, "list_groups")
    same("groups", len(every_page(iam, "list_groups_for_user", UserName="nps")), 1)
    iam.attach_group_policy(**group, PolicyArn=policy)
    every_page(iam, "list_attached_group_policies", **group)
    iam.put_group_policy(**group, PolicyName="inline", PolicyDocument=text)
    iam.get_group_policy(**group, PolicyName="inline")
    every_page(iam, "list_group_policies", **group)


def of_roles(policy):
    role = {"RoleName": "helper"}
    iam.create_role(**role, AssumeRolePolicyDocument=trust, Description="Helps", MaxSessionDuration=7200, Tags=tags)
    iam.get_role(**role)
    every_page(iam, "list_roles")
    iam.update_assume_role_policy(**role, PolicyDocument=trust)
    iam.tag_role(**role, Tags=[{"Key": "a", "Value": "b"}])
    iam.untag_role(**role, TagKeys=["a"])
    same("role tags", len(iam.list_role_tags(**role)["Tags"]) > 0, True)
    iam.attach_role_policy(**role, PolicyArn=policy)
    every_page(iam, "list_attached_role_policies", **role)
    iam.put_role_policy(**role, PolicyName="inline", PolicyDocument=text)
    iam.get_role_policy(**role, PolicyName="inline")
    every_page(iam, "list_role_policies", **role)
    same("entities", len(every_page(iam, "list_entities_for_policy", PolicyArn=policy)), 3)


def of_simulation(user):
    asked = {"ActionNames": ["kms:Decrypt", "kms:Encrypt"], "ResourceArns": [f"arn:{partition}:kms:eu-west-1:{account}:key/*"]}
    told = every_page(iam, "simulate_principal_policy", PolicySourceArn=user, **asked)
    same("simulated", [it["EvalDecision"] for it in told], ["allowed", "implicitDeny"])
    told = every_page(iam, "simulate_custom_policy", PolicyInputList=[text], **asked)
    same("simulated", [it["EvalDecision"] for it in told], ["allowed", "implicitDeny"])


# --- STS ----------------------------------------------------------------------------------------

names = {"aws_access_key_id": "AccessKeyId", "aws_secret_access_key": "SecretAccessKey", "aws_session_token": "SessionToken"}


def of_sessions():
    session = sts.get_session_token(DurationSeconds=900)["Credentials"]
    by_session = {name: session[key] for name, key in names.items()}
    same("session", client("sts", **by_session).get_caller_identity()["Arn"], me["Arn"])
    refused("InvalidClientTokenId", client("iam", **by_session).list_users)
    told = sts.get_federation_token(Name="bob", Policy=text, PolicyArns=[{"arn": f"arn:{partition}:iam::aws:policy/ReadOnlyAccess"}])
    same("federated", told["FederatedUser"], {"FederatedUserId": f"{account}:bob", "Arn": f"arn:{partition}:sts::{account}:federated-user/bob"})
    by_federation = {name: told["Credentials"][key] for name, key in names.items()}
    same("federated user", client("sts", **by_federation).get_caller_identity()["UserId"], f"{account}:bob")
    refused("InvalidClientTokenId", client("iam", **by_federation).list_users)
    refused("AccessDenied", client("sts", **by_federation).get_federation_token, Name="carl")


def of_passwords():
    key = iam.create_access_key(UserName="other")["AccessKey"]
    iam.create_login_profile(UserName="other", Password="Correct-horse-7")
    iam.attach_user_policy(UserName="other", PolicyArn=f"arn:{partition}:iam::aws:policy/IAMUserChangePassword")
    theirs = client("iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    refused("PasswordPolicyViolation", theirs.change_password, OldPassword="Correct-horse-7", NewPassword="short")
    refused("AccessDenied", theirs.change_password, OldPassword="Wrong-horse-7", NewPassword="Another-horse-8")
    theirs.change_password(OldPassword="Correct-horse-7", NewPassword="Another-horse-8")
    refused("InvalidUserType", client("iam", **by_role()).change_password, OldPassword="a", NewPassword="Another-horse-8")
    iam.detach_user_policy(UserName="other", PolicyArn=f"arn:{partition}:iam::aws:policy/IAMUserChangePassword")
    iam.delete_login_profile(UserName="other")
    iam.delete_access_key(UserName="other", AccessKeyId=key["AccessKeyId"])


def by_role():
    iam.put_role_policy(RoleName="helper", PolicyName="inline", PolicyDocument=text.replace("kms:Decrypt", "iam:ChangePassword"))
    role = sts.assume_role(RoleArn=f"arn:{partition}:iam::{account}:role/helper", RoleSessionName="s1")["Credentials"]
    return {name: role[key] for name, key in names.items()}


def of_roles_taken():
    role = sts.assume_role(RoleArn=f"arn:{partition}:iam::{account}:role/helper", RoleSessionName="s1")["Credentials"]
    told = client("sts", **{name: role[key] for name, key in names.items()}).get_caller_identity()
    same("role", told["Arn"], f"arn:{partition}:sts::{account}:assumed-role/helper/s1")


# --- KMS ----------------------------------------------------------------------------------------

def of_keys():
    key = kms.create_key(Description="A key", Tags=[{"TagKey": "team", "TagValue": "ü"}])["KeyMetadata"]["KeyId"]
    it = {"KeyId": key}
    kms.create_key()
    kms.describe_key(**it)
    same("keys", len(every_page(kms, "list_keys")), 2)
    kms.update_key_description(**it, Description="The key")
    kms.tag_resource(**it, Tags=[{"TagKey": "a", "TagValue": ""}, {"TagKey": "b", "TagValue": "c"}])
    kms.untag_resource(**it, TagKeys=["b"])
    same("key tags", len(every_page(kms, "list_resource_tags", **it)), 2)
    kms.create_alias(AliasName="alias/one", TargetKeyId=key)
    kms.create_alias(AliasName="alias/two", TargetKeyId=key)
    kms.update_alias(AliasName="alias/two", TargetKeyId=key)
    same("aliases", [each["AliasName"] for each in every_page(kms, "list_aliases", **it)], ["alias/one", "alias/two"])
    kms.delete_alias(AliasName="alias/two")
    policy = kms.get_key_policy(**it)["Policy"]
    kms.put_key_policy(**it, Policy=policy)
    same("key policies", every_page(kms, "list_key_policies", **it), ["default"])
    kms.enable_key_rotation(**it, RotationPeriodInDays=365)
    same("rotation", kms.get_key_rotation_status(**it)["RotationPeriodInDays"], 365)
    kms.disable_key_rotation(**it)
    kms.get_key_rotation_status(**it)
    same("never used", kms.get_key_last_usage(**it)["KeyLastUsage"], {})
    same("rotated", kms.rotate_key_on_demand(**it)["KeyId"], key)
    same("rotations", [each["RotationType"] for each in every_page(kms, "list_key_rotations", **it)], ["ON_DEMAND"])
    return key


def of_ciphers(key):
    context = {"EncryptionContext": {"who": "nps"}}
    sealed = kms.encrypt(KeyId="alias/one", Plaintext=b"\x00\xffsecret", **context)["CiphertextBlob"]
    same("decrypted", kms.decrypt(CiphertextBlob=sealed, **context)["Plaintext"], b"\x00\xffsecret")
    refused("InvalidCiphertextException", kms.decrypt, CiphertextBlob=sealed)
    again = kms.re_encrypt(CiphertextBlob=sealed, SourceEncryptionContext={"who": "nps"}, DestinationKeyId=key)["CiphertextBlob"]
    same("decrypted again", kms.decrypt(CiphertextBlob=again, KeyId=key)["Plaintext"], b"\x00\xffsecret")
    data = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
    same("data key", kms.decrypt(CiphertextBlob=data["CiphertextBlob"])["Plaintext"], data["Plaintext"])
    kms.generate_data_key_without_plaintext(KeyId=key, NumberOfBytes=32)
    same("random", len(kms.generate_random(NumberOfBytes=12)["Plaintext"]), 12)
    refused("DryRunOperationException", kms.encrypt, KeyId=key, Plaintext=b"x", DryRun=True)


def of_events(key):
    used = kms.get_key_last_usage(KeyId=key)["KeyLastUsage"]
    same("last use", used["Operation"], "GenerateDataKeyWithoutPlaintext")
    by_id = cloudtrail.lookup_events(LookupAttributes=[{"AttributeKey": "EventId", "AttributeValue": used["CloudTrailEventId"]}])["Events"]
    same("event", [json.loads(it["CloudTrailEvent"])["requestID"] for it in by_id], [used["KmsRequestId"]])
    sealed = every_page(cloudtrail, "lookup_events", LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "Encrypt"}])
    same("encrypted", [json.loads(it["CloudTrailEvent"]).get("errorCode") for it in sealed], ["DryRunOperationException", None])
    refused("InvalidMaxResultsException", cloudtrail.lookup_events, MaxResults=51)


def of_grants(key):
    grant = {"KeyId": key, "GranteePrincipal": me["Arn"], "RetiringPrincipal": me["Arn"], "Operations": ["Decrypt", "Encrypt"]}
    first = kms.create_grant(**grant, Name="one", Constraints={"EncryptionContextSubset": {"who": "nps"}})
    second = kms.create_grant(**grant)
    same("grants", len(every_page(kms, "list_grants", KeyId=key)), 2)
    same("retirable", len(every_page(kms, "list_retirable_grants", RetiringPrincipal=me["Arn"])), 2)
    kms.revoke_grant(KeyId=key, GrantId=first["GrantId"])
    kms.retire_grant(GrantToken=second["GrantToken"])


def of_the_end_of_keys(key):
    kms.disable_key(KeyId=key)
    refused("DisabledException", kms.encrypt, KeyId=key, Plaintext=b"x")
    kms.enable_key(KeyId=key)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    same("state", kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"], "PendingDeletion")
    refused("KMSInvalidStateException", kms.encrypt, KeyId=key, Plaintext=b"x")
    kms.cancel_key_deletion(KeyId=key)


# --- and everything taken back ------------------------------------------------------------------

def taken_back(policy, serial):
    user, group, role = {"UserName": "nps"}, {"GroupName": "keepers"}, {"RoleName": "helper"}
    refused("DeleteConflict", iam.delete_user, **user)
    for key in every_page(iam, "list_access_keys", **user):
        iam.delete_access_key(**user, AccessKeyId=key["AccessKeyId"])
    for it in every_page(iam, "list_attached_user_policies", **user):
        iam.detach_user_policy(**user, PolicyArn=it["PolicyArn"])
    iam.delete_user_policy(**user, PolicyName="inline")
    iam.delete_user_permissions_boundary(**user)
    iam.delete_login_profile(**user)
    iam.deactivate_mfa_device(**user, SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    for name in ("nps", "other"):
        iam.remove_user_from_group(**group, UserName=name)
        iam.delete_user(UserName=name)
    iam.detach_group_policy(**group, PolicyArn=policy)
    iam.delete_group_policy(**group, PolicyName="inline")
    iam.delete_group(**group)
    iam.detach_role_policy(**role, PolicyArn=policy)
    iam.delete_role_policy(**role, PolicyName="inline")
    iam.delete_role(**role)
    iam.delete_policy(PolicyArn=policy)
    same("users left", [it["UserName"] for it in every_page(iam, "list_users")], ["admin"])


of_the_account()
policy = of_policies()
serial = of_users(policy)
of_groups(policy)
of_roles(policy)
of_simulation(f"arn:{partition}:iam::{account}:user/teams/nps")
of_sessions()
of_roles_taken()
of_passwords()
key = of_keys()
of_ciphers(key)
of_events(key)
of_grants(key)
of_the_end_of_keys(key)
taken_back(policy, serial)
for service, operations in offered.items():
    for name in sorted(set(operations) - called.get(service, set())):
        tell(f"{service}:{name}", "is not called here")
json.dump(wrong, sys.stdout)
