"""Holds one raw answer against AWS's own model, as botocore carries it."""
import base64
import json
import re
import xml.etree.ElementTree as ElementTree

wrong = []
called = {}


def tell(where, what):
    wrong.append(f"{where}: {what}")


def check_xml(shape, element, where):
    text = element.text or ""
    children = [(it.tag.split("}")[-1], it) for it in element]
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in dict(children):
                tell(where, f"{name} is missing")
        if len(dict(children)) != len(children):
            tell(where, "a member is there twice")
        for name, child in children:
            if name in shape.members:
                check_xml(shape.members[name], child, f"{where}.{name}")
            else:
                tell(where, f"{name} is not in AWS's model")
    elif shape.type_name == "list":
        for name, child in children:
            if name != "member":
                tell(where, f"{name} in a list")
            check_xml(shape.member, child, f"{where}[]")
    elif shape.type_name == "map":
        for name, child in children:
            parts = {it.tag.split("}")[-1]: it for it in child}
            if name != "entry" or set(parts) != {"key", "value"}:
                tell(where, f"{name} in a map")
            check_xml(shape.key, parts["key"], f"{where}.key")
            check_xml(shape.value, parts["value"], f"{where}.value")
    else:
        if children:
            tell(where, "has members")
        check_scalar(shape, text, where)


def check_json(shape, value, where):
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                tell(where, f"{name} is missing")
        for name, it in value.items():
            if name in shape.members:
                check_json(shape.members[name], it, f"{where}.{name}")
            else:
                tell(where, f"{name} is not in AWS's model")
    elif shape.type_name == "list":
        for it in value:
            check_json(shape.member, it, f"{where}[]")
    elif shape.type_name == "map":
        for key, it in value.items():
            check_json(shape.value, it, f"{where}.{key}")
    else:
        kinds = {"string": str, "blob": str, "boolean": bool, "integer": int, "long": int, "timestamp": (int, float)}
        if not isinstance(value, kinds[shape.type_name]):
            tell(where, f"{value!r} is no {shape.type_name}")
        elif shape.type_name in ("string", "blob"):
            check_scalar(shape, value, where)


def check_scalar(shape, text, where):
    forms = {
        "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
        "boolean": "true|false",
        "integer": r"-?\d+",
        "long": r"-?\d+",
    }
    if shape.type_name in forms and not re.fullmatch(forms[shape.type_name], text):
        tell(where, f"{text!r} is no {shape.type_name}")
    if shape.type_name == "blob":
        base64.b64decode(text, validate=True)
    if shape.type_name == "string":
        # AWS answers “Policy”, and its documentation says so; only the model's enum says otherwise.
        if shape.enum and text not in shape.enum and shape.name != "PermissionsBoundaryAttachmentType":
            tell(where, f"{text!r} is none of {shape.enum}")
        if not shape.metadata.get("min", 0) <= len(text) <= shape.metadata.get("max", 1e9):
            tell(where, f"{text!r} is too short or too long")


def check(response, operation_model):
    """Tells what AWS would not have answered, and notes that the operation was called."""
    service = operation_model.service_model.service_name
    name = operation_model.name
    where = f"{service}:{name}"
    headers = {key.lower(): it for key, it in response["headers"].items()}
    if not headers.get("x-amzn-requestid"):
        tell(where, "no x-amzn-requestid")
    if response["status_code"] != 200:
        return
    called.setdefault(service, set()).add(name)
    output = operation_model.output_shape
    body = response["body"]
    if service in ("kms", "cloudtrail"):
        check_json(output, json.loads(body), where) if output else body == b"" or tell(where, f"{body!r} instead of nothing")
        return
    root = ElementTree.fromstring(body)
    namespace = operation_model.metadata["xmlNamespace"]
    parts = {it.tag: it for it in root}
    if root.tag != f"{{{namespace}}}{name}Response":
        tell(where, root.tag)
    if parts[f"{{{namespace}}}ResponseMetadata"][0].text != headers["x-amzn-requestid"]:
        tell(where, "another request id in ResponseMetadata")
    result = parts.get(f"{{{namespace}}}{name}Result")
    if (result is None) != (output is None):
        tell(where, "a result where AWS has none" if output is None else "no result")
    elif output is not None:
        check_xml(output, result, where)
