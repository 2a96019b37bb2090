"""A build has a TEST step when its build spec has a test phase, in every form that people write it in."""

from __future__ import annotations

import textwrap

import pytest

from amplify_mock.resources.build_specs import BuildSpecError, parsed

WITH_TESTS = {
    "at the top": """
        version: 1
        frontend:
          phases: {}
        test:
          phases: {}
    """,
    "quoted": """
        version: 1
        "test":
          artifacts: {}
    """,
    "in braces": "{version: 1, frontend: {}, test: {phases: {}}}",
    "as JSON": '{"version": 1, "frontend": {}, "test": {}}',
    "in an application": """
        version: 1
        applications:
          - frontend:
              phases:
                build:
                  commands: []
            appRoot: app
            test:
              # first what is kept
              artifacts:
                baseDirectory: cypress
    """,
    "first in an application": """
        version: 1
        applications:
          - appRoot: other
          - test:
              phases: {}
            appRoot: app
        cache: {}
    """,
    "in an application without indentation": """
        applications:
        - appRoot: app
          test:
            phases: {}
    """,
    "as JSON in several lines": '{\n  "version": 1,\n  "test": {\n    "phases": {}\n  }\n}',
    "with the line ends of Windows": "version: 1\r\ntest:\r\n  phases: {}\r\n",
    "with a comment": "test: # end to end\n  phases: {}\nversion: 1\n",
    "in an application as JSON": '{"applications": [{"appRoot": "a"}, {"test": {}}]}',
}

WITHOUT_TESTS = {
    "nothing": "",
    "a phase of another name": "version: 1\nfrontend:\n  phases:\n    test: {}\n",
    "a command": """
        version: 1
        frontend:
          phases:
            build:
              commands:
                - test: x
                - npm run test
    """,
    "a command as JSON": '{"frontend": {"phases": {"build": {"commands": ["npm run test: all"]}}}}',
    "a variable": "version: 1\nenv:\n  variables:\n    test: 1\n",
    "a comment": "# test:\nversion: 1\n",
    "a longer word": "version: 1\ntests:\n  phases: {}\n",
    "a command of an application": """
        version: 1
        applications:
          - appRoot: app
            frontend:
              phases:
                build:
                  commands:
                    - test: x
        """,
    "applications that are none": "applications: nothing\nfrontend: {}\n",
    "JSON without it": '{"frontend": {"test": {}}, "applications": "x"}',
}


@pytest.mark.parametrize("spec", WITH_TESTS.values(), ids=WITH_TESTS)
def test_a_test_phase_is_found(spec):
    assert parsed(textwrap.dedent(spec)).has_tests


@pytest.mark.parametrize("spec", WITHOUT_TESTS.values(), ids=WITHOUT_TESTS)
def test_what_only_looks_like_a_test_phase_is_none(spec):
    assert not parsed(textwrap.dedent(spec)).has_tests


@pytest.mark.parametrize("spec", ["not: [yaml", "[1, 2]", "a: b: c", "{" * 3000, "[" * 100_000, "- " * 3000 + "x"])
def test_what_is_no_build_spec_is_refused(spec):
    with pytest.raises(BuildSpecError, match="The build spec is"):
        parsed(spec)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("[" * 100_000, "The build spec is nested too deeply."),
        ("- " * 3000 + "x", "The build spec is nested too deeply."),
        ("[1, 2]", "The build spec is not a mapping of version, frontend, backend and test."),
    ],
)
def test_the_reason_of_a_refusal_says_what_is_wrong(spec, reason):
    with pytest.raises(BuildSpecError) as caught:
        parsed(spec)
    assert str(caught.value) == reason
