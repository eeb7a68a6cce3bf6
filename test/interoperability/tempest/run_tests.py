"""Runs tests with stestr, prints the outcome of each, and writes the results as lines of JSON.

Usage: run_tests.py STESTR TESTS RESULTS, where TESTS is a file with the ids of the tests.
"""

import json
import subprocess
import sys

from subunit import ByteStreamToStreamResult
from testtools import StreamToDict

stestr, tests, results = sys.argv[1:]


def report(test):
    # The runner reports itself as a test without an end.
    if test["status"] not in ("success", "fail", "skip", "xfail", "uxsuccess"):
        return
    details = {name: content.as_text() for name, content in test["details"].items()}
    print(f"{test['status']:8}{test['id']}", flush=True)
    json.dump({"id": test["id"], "status": test["status"], "details": details}, file)
    file.write("\n")


command = [stestr, "run", "--serial", "--subunit", "--load-list", tests]
with open(results, "w") as file, subprocess.Popen(command, stdout=subprocess.PIPE) as process:
    stream = StreamToDict(report)
    stream.startTestRun()
    ByteStreamToStreamResult(process.stdout).run(stream)
    stream.stopTestRun()
