"""Runs of pytest inside a test, with the plugin, as another project would run it."""

from __future__ import annotations

# The plugin of hypothesis takes long to import, and is imported again for each run.
OPTIONS = ("-p", "no:asyncio", "-p", "no:hypothesispytest", "-W", "error", "--strict-markers", "--strict-config")
IN_ORDER = (*OPTIONS, "-p", "no:randomly")

HEAD = """
import unittest

import boto3
import pytest

from amplify_mock import mock_amplify
from support.apps import account, create, is_mocked, names

"""


def run(pytester, source, *options, head=HEAD, **ini):
    """Run the tests of a source in the order in which they stand there."""
    pytester.makepyfile(head + source)
    return run_files(pytester, *options, **ini)


def run_files(pytester, *options, **ini):
    """Run the tests of the files that are there."""
    pytester.makeini("[pytest]\n" + "".join(f"{name} = {value}\n" for name, value in ini.items()))
    return pytester.runpytest_inprocess(*IN_ORDER, *options)
