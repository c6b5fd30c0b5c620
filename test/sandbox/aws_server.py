"""The aws CLI without its start: loaded once, a fork of it makes each call that the command aws beside its socket hands over.

argv: a folder, where it puts the socket and the command. Ends with its stdin.
"""
import array
import json
import os
import pathlib
import signal
import socket
import sys
import threading

import botocore.exceptions
import botocore.loaders
import botocore.session
from awscli.clidriver import create_clidriver

# Python's isolated mode: nothing is searched for, nothing of the caller's environment is read.
COMMAND = """#!{python} -ISE
import array, json, os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect({path!r})
    fds = array.array("i", [0, 1, 2])
    told = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
    line.sendmsg([len(told).to_bytes(8, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
    line.sendall(told)
    code = line.recv(1)
sys.exit(code[0] if code else "the aws CLI ended without a word")
"""


def receive(line):
    head, ancillary, *_ = line.recvmsg(8, socket.CMSG_SPACE(12))
    fds = array.array("i")
    for _, _, data in ancillary:
        fds.frombytes(data)
    told = b""
    while len(told) < int.from_bytes(head, "big"):
        told += line.recv(1 << 16)
    return fds, *json.loads(told)


def make(line):
    """In a fork: becomes the caller, and makes its call."""
    fds, words, environ, folder = receive(line)
    for to, fd in enumerate(fds):
        os.dup2(fd, to)
        os.close(fd)
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(folder)
    sys.argv = ["aws", *words]
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # Who is gone, as by Ctrl+C, waits for no answer; what is held open here would keep others waiting for it.
    threading.Thread(target=lambda: line.recv(1) or os._exit(130), daemon=True).start()
    try:
        code = create_clidriver().main(words)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    for it in (sys.stdout, sys.stderr):
        it.flush()
    line.sendall(bytes([code & 255]))


# What AWS's models say is read once, and handed on.
loader = botocore.loaders.create_loader(os.environ.get("AWS_DATA_PATH"))  # awscli has put its own there
botocore.session.Session._register_data_loader = lambda session: session._components.register_component("data_loader", loader)
driver = create_clidriver()
for service in ("iam", "kms", "sts"):
    for kind in ("service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1"):
        try:
            loader.load_service_model(service, kind)
        except botocore.exceptions.DataNotFoundError:
            pass
loader.load_data("endpoints")
loader.load_data("partitions")

here = pathlib.Path(sys.argv[1])
listening = socket.socket(socket.AF_UNIX)
listening.bind(str(here / "s"))
listening.listen(16)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
command = here / "aws"
command.write_text(COMMAND.format(python=sys.executable, path=str(here / "s")))
command.chmod(0o755)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
print("ready", flush=True)
while True:
    line, _ = listening.accept()
    if os.fork() == 0:
        listening.close()
        make(line)
        os._exit(0)
    line.close()
