"""Horizon's settings for the tests: its defaults, with one Keystone, and without a memcached."""

import os

from openstack_dashboard.settings import *  # noqa: F401,F403

# The commands that prepare the static files need no Keystone.
OPENSTACK_KEYSTONE_URL = os.environ.get("KEYSTONE_URL", "http://keystone.invalid/v3")
ALLOWED_HOSTS = ["127.0.0.1"]
# One process serves everybody, so that sessions may be in its memory.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Scripts and style sheets are compressed at the installation, not at the first request.
STATIC_ROOT = COMPRESS_ROOT = os.environ["STATIC_ROOT"]
COMPRESS_OFFLINE = True
