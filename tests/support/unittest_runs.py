"""Test cases of unittest that a test runs by itself."""

from __future__ import annotations

import unittest

from amplify_mock import activation


def run(*cases: type[unittest.TestCase]) -> unittest.TestResult:
    """Run test cases as unittest does, in the order of their names."""
    result = unittest.TestResult()
    loader = unittest.TestLoader()
    unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases).run(result)
    return result


def assert_passed(result: unittest.TestResult, count: int) -> None:
    assert result.errors + result.failures == []
    assert result.testsRun == count
    assert activation.active() == []
