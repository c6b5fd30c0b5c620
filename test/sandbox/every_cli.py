"""The calls of every_call.py, each made by the aws CLI instead of boto3, in this one process.

argv and stdin as there.
"""
import base64
import contextlib
import io
import json
import os
import pathlib
import re
import runpy
import sys
import tempfile

import boto3
import botocore.loaders
import botocore.session
from awscli.clidriver import create_clidriver
from botocore import xform_name
from botocore.exceptions import ClientError
from model import called

# What AWS's models say is read once.
loader = botocore.loaders.create_loader(os.environ.get("AWS_DATA_PATH"))
botocore.session.Session._register_data_loader = lambda session: session._components.register_component("data_loader", loader)

folder = tempfile.TemporaryDirectory()
driver = create_clidriver()
models = botocore.session.get_session()


def read(value, shape):
    """What the CLI printed, as boto3 gives it: its blobs are base64."""
    if shape is None or value is None:
        return value
    if shape.type_name == "structure":
        return {name: read(it, shape.members.get(name)) for name, it in value.items()}
    if shape.type_name == "list":
        return [read(it, shape.member) for it in value]
    if shape.type_name == "map":
        return {name: read(it, shape.value) for name, it in value.items()}
    return base64.b64decode(value) if shape.type_name == "blob" else value


class Events:
    def register(self, *_):
        """Answers are judged where boto3 makes the calls."""


class Meta:
    def __init__(self, model):
        self.service_model = model
        self.events = Events()


class Cli:
    def __init__(self, service, **more):
        self.meta = Meta(models.get_service_model(service))
        names = {"aws_access_key_id": "AWS_ACCESS_KEY_ID", "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY", "aws_session_token": "AWS_SESSION_TOKEN"}
        self.env = {names[key]: value for key, value in more.items() if key in names}
        self.operations = {xform_name(it): it for it in self.meta.service_model.operation_names}

    def __getattr__(self, name):
        operation = self.operations[name]

        def call(**parameters):
            return self.make(operation, parameters)

        call.__name__ = name
        call.__self__ = self
        return call

    def make(self, operation, parameters):
        service = self.meta.service_model.service_name
        plain = {name: it for name, it in parameters.items() if not isinstance(it, bytes)}
        flags = ["--cli-input-json", json.dumps(plain), "--output", "json"]
        for name in parameters.keys() - plain.keys():
            blob = pathlib.Path(folder.name, name)
            blob.write_bytes(parameters[name])
            flags += [f"--{xform_name(name, '-')}", f"fileb://{blob}"]
        if operation == "CreateVirtualMFADevice":  # the CLI has a command of its own for it, which sets the file's mode: a device's too
            name = parameters["VirtualMFADeviceName"]
            flags = ["--virtual-mfa-device-name", name, "--bootstrap-method", "Base32StringSeed", "--outfile", str(pathlib.Path(folder.name, "seed")), "--output", "json"]
        paged = {"Marker", "MaxItems", "Limit", "MaxResults"} & set(parameters)
        words = [service, xform_name(operation, "-"), *flags, *(["--no-paginate"] if paged else [])]
        out, err = io.StringIO(), io.StringIO()
        before = dict(os.environ)
        os.environ.update(self.env)
        global driver
        if self.env:
            driver = create_clidriver()
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = driver.main(words)
        finally:
            os.environ.clear()
            os.environ.update(before)
            if self.env:
                driver = create_clidriver()
        if code != 0:
            told = re.search(r"\((\w+)\) when calling the (\w+) operation[^:]*: (.*)", err.getvalue(), re.S)
            if not told:
                raise RuntimeError(f"aws {' '.join(words)}: {err.getvalue()}")
            raise ClientError({"Error": {"Code": told[1], "Message": told[3].strip()}}, operation)
        called.setdefault(service, set()).add(operation)
        said = json.loads(out.getvalue()) if out.getvalue().strip() else {}
        return read(said, self.meta.service_model.operation_model(operation).output_shape)

    def get_paginator(self, name):
        real = models.create_client(self.meta.service_model.service_name, region_name="eu-west-1").get_paginator(name)
        call = getattr(self, name)

        class Paginator:
            result_keys = real.result_keys

            def paginate(self, **parameters):
                return [call(**parameters)]

        return Paginator()


boto3.client = lambda service, endpoint_url=None, config=None, **more: Cli(service, **more)
runpy.run_path(str(pathlib.Path(__file__).with_name("every_call.py")), run_name="__main__")
