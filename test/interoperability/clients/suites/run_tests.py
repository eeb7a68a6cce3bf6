"""Lists or runs tests of Python, and prints a line for each: its name, or its result as JSON.

Usage: run_tests.py list MODULE_OR_PACKAGE... | run TEST...
"""

import importlib
import json
import pkgutil
import sys
import unittest

command, *names = sys.argv[1:]


class Result(unittest.TestResult):
    def report(self, test, outcome, details=""):
        print(json.dumps({"test": test.id(), "outcome": outcome, "details": details}), flush=True)

    def addSuccess(self, test, details=None):
        self.report(test, "passed")

    def addSkip(self, test, reason=None, details=None):
        self.report(test, "skipped", reason or str(details))

    def addError(self, test, err=None, details=None):
        # testtools passes details in place of an error.
        text = self._exc_info_to_string(err, test) if err else "\n".join(d.as_text() for d in details.values())
        self.report(test, "failed", text)

    addFailure = addError


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def modules(name):
    path = getattr(importlib.import_module(name), "__path__", None)
    if path is None:
        return [name]
    return [module for _, module, is_package in pkgutil.iter_modules(path, name + ".") if not is_package]


if command == "list":
    names = [module for name in names for module in modules(name)]
suite = unittest.TestLoader().loadTestsFromNames(names)
if command == "list":
    print("\n".join(test.id() for test in flatten(suite)))
else:
    suite.run(Result())
