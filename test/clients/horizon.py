"""Calls a method of python-cinderclient's transfers as Horizon does, and prints as JSON what it returned.

Horizon has a token and the service's address, both from the session of who is logged in, and hands them to a client
that never logs in itself. It asks for no microversion.
"""

import json
import os
import sys

from cinderclient import client


def cinder():
    project = os.environ["OS_PROJECT_ID"]
    made = client.Client("3", "whoever", "", project_id=project, auth_url="http://keystone.invalid/v3")
    made.client.auth_token = os.environ["OS_TOKEN"]
    made.client.management_url = os.environ["CINDER_ENDPOINT"]
    return made


def call(method, arguments):
    result = getattr(cinder().transfers, method)(**arguments)
    return [one.to_dict() for one in result] if isinstance(result, list) else result.to_dict()


json.dump(call(sys.argv[1], json.loads(sys.argv[2])), sys.stdout)
