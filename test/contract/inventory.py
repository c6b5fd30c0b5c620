"""Everything in the account, by boto3: the eyes of someone else. Prints one line of JSON for each line it reads."""
import json
import sys
import boto3

iam = boto3.client("iam")
kms = boto3.client("kms")



def pairs(tags, key="Key", value="Value"):
    return {it[key]: it[value] for it in tags}



def inventory():
    policies = {}
    for policy in iam.list_policies(Scope="Local")["Policies"]:
        arn = policy["Arn"]
        versions = {
            it["VersionId"]: {"default": it["IsDefaultVersion"], "document": iam.get_policy_version(PolicyArn=arn, VersionId=it["VersionId"])["PolicyVersion"]["Document"]}
            for it in iam.list_policy_versions(PolicyArn=arn)["Versions"]
        }
        full = iam.get_policy(PolicyArn=arn)["Policy"]
        policies[policy["PolicyName"]] = {"versions": versions, "description": full.get("Description", ""), "tags": pairs(iam.list_policy_tags(PolicyArn=arn)["Tags"])}

    users = {}
    for user in iam.list_users()["Users"]:
        name = user["UserName"]
        try:
            iam.get_login_profile(UserName=name)
            signs_in = True
        except iam.exceptions.NoSuchEntityException:
            signs_in = False
        users[name] = {
            "tags": pairs(iam.list_user_tags(UserName=name)["Tags"]),
            "attached": sorted(it["PolicyArn"] for it in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]),
            "inline": iam.list_user_policies(UserName=name)["PolicyNames"],
            "groups": iam.list_groups_for_user(UserName=name)["Groups"],
            "accessKeys": [{"id": it["AccessKeyId"], "status": it["Status"]} for it in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]],
            "signsIn": signs_in,
        }

    aliases = {it["AliasName"]: it["TargetKeyId"] for it in kms.list_aliases()["Aliases"] if it.get("TargetKeyId") and not it["AliasName"].startswith("alias/aws/")}
    keys = {}
    for key in kms.list_keys()["Keys"]:
        meta = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if meta["KeyManager"] != "CUSTOMER":
            continue
        keys[key["KeyId"]] = {
            "state": meta["KeyState"], "spec": meta["KeySpec"], "usage": meta["KeyUsage"], "description": meta["Description"],
            "rotates": kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"],
            "policy": json.loads(kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"]),
            "tags": pairs(kms.list_resource_tags(KeyId=key["KeyId"])["Tags"], "TagKey", "TagValue"),
        }
    return {"policies": policies, "users": users, "keys": keys, "aliases": aliases}


for _ in sys.stdin:
    print(json.dumps(inventory()), flush=True)
