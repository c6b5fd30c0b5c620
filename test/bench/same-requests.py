"""Makes the requests of a set-up in their order with boto3: a yardstick that pays for the same network and the same emulator."""
import json
import sys

import boto3
from botocore.config import Config

region, path = sys.argv[1:3]
config = Config(retries={"max_attempts": 1})
clients = {name: boto3.client(name, region_name=region, config=config) for name in ("iam", "kms", "sts")}
learned = {}


def filled(value):
    if isinstance(value, dict):
        return {key: filled(it) for key, it in value.items()}
    if isinstance(value, list):
        return [filled(it) for it in value]
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, str):
        for name, it in learned.items():
            value = value.replace(name, it)
    return value


with open(path) as file:
    requests = json.load(file)
for service, api, request in requests:
    client = clients[service]
    method = "".join(("_" if it.isupper() else "") + it.lower() for it in api).lstrip("_")
    method = method.replace("m_f_a", "mfa")
    try:
        answer = getattr(client, method)(**filled(request))
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchEntity", "NotFoundException"):
            raise
        continue
    if api == "CreateKey":
        learned["@keyId"] = answer["KeyMetadata"]["KeyId"]
    if api == "CreateAccessKey":
        learned["@accessKeyId"] = answer["AccessKey"]["AccessKeyId"]
