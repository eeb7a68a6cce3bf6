"""Calls a method of openstacksdk's block_storage, and prints the result as JSON, or the exception to standard error.

The environment variable OS_CLOUD names the cloud in clouds.yaml.
"""

import json
import sys
import types

import openstack


def call(method, arguments):
    result = getattr(openstack.connect().block_storage, method)(**arguments)
    return list(result) if isinstance(result, types.GeneratorType) else result


try:
    json.dump(call(sys.argv[1], json.loads(sys.argv[2])), sys.stdout)
except openstack.exceptions.SDKException as exception:
    json.dump({"type": type(exception).__name__, "message": str(exception)}, sys.stderr)
    sys.exit(1)
