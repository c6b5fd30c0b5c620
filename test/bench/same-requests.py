"""Makes the requests of a set-up in their order with boto3: a yardstick that pays for the same network and the same emulator."""
import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

region, path = sys.argv[1:3]
config = Config(retries={"total_max_attempts": 1})
clients = {name: boto3.client(name, region_name=region, config=config) for name in ("iam", "kms", "sts")}
learned = {}


def filled(value, shape):
    """The input with what was learned on the way in it, and of the types that boto3 wants: on the wire some of them are text."""
    if shape is None:
        return {}
    if shape.type_name == "structure":
        return {key: filled(it, shape.members[key]) for key, it in value.items()}
    if shape.type_name == "list":
        return [filled(it, shape.member) for it in value]
    if shape.type_name == "boolean":
        return value in (True, "true")
    if shape.type_name == "integer":
        return int(value)
    if isinstance(value, str):
        for name, it in learned.items():
            value = value.replace(name, it)
    return value


def is_an_answer(error, api):
    """As for us: what isn't there is an answer, and so is that an emulator can't simulate."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    return code in ("NoSuchEntity", "NotFoundException") or api == "SimulatePrincipalPolicy"


with open(path) as file:
    requests = json.load(file)
for service, api, request in requests:
    client = clients[service]
    method = "".join(("_" if it.isupper() else "") + it.lower() for it in api).lstrip("_")
    method = method.replace("m_f_a", "mfa")
    try:
        answer = getattr(client, method)(**filled(request, client.meta.service_model.operation_model(api).input_shape))
    except (ClientError, ResponseParserError) as error:
        if not is_an_answer(error, api):
            raise
        continue
    if api == "CreateKey":
        learned["@keyId"] = answer["KeyMetadata"]["KeyId"]
    if api == "CreateAccessKey":
        learned["@accessKeyId"] = answer["AccessKey"]["AccessKeyId"]
