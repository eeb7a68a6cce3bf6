"""Runs a service of Debian's Cinder: debian_service.py NAME [OPTION ...].

The packages with the programs also start them at boot. Only python3-cinder is installed here.
"""

import importlib
import sys

import eventlet

eventlet.monkey_patch()

if __name__ == "__main__":
    name = sys.argv.pop(1)
    importlib.import_module(f"cinder.cmd.{name}").main()
