"""Calls a method of python-cinderclient's transfers as Horizon does, and prints the result as JSON.

Horizon takes the token and the endpoint from the session of the user, and passes both to a client that never logs in
by itself. It requests no microversion.
"""

import json
import os
import sys

from cinderclient import client


def connect():
    project = os.environ["OS_PROJECT_ID"]
    # The client requires a user and a Keystone, but does not use them once it has a token.
    cinder = client.Client("3", "unused", "", project_id=project, auth_url="http://keystone.invalid/v3")
    cinder.client.auth_token = os.environ["OS_TOKEN"]
    cinder.client.management_url = os.environ["CINDER_ENDPOINT"]
    return cinder


def call(method, arguments):
    result = getattr(connect().transfers, method)(**arguments)
    return [item.to_dict() for item in result] if isinstance(result, list) else result.to_dict()


json.dump(call(sys.argv[1], json.loads(sys.argv[2])), sys.stdout)
