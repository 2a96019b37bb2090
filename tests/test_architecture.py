"""How the package is built: which module may import which, and what the package offers."""

from __future__ import annotations

import ast
import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest
from botocore import xform_name

import amplify_mock
from amplify_mock import exceptions
from amplify_mock.resources.apps import App
from amplify_mock.resources.branches import Branch
from amplify_mock.resources.jobs import Job
from support.model import MODEL

ROOT = Path(amplify_mock.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

# A module imports only from its own row and those above it.
LAYERS = [
    {"clock", "exceptions"},
    {"resources"},
    {"operations", "settings"},
    {"service"},
    {"fidelity", "web", "transports", "integrations", "turns"},
    {"controls"},
    {"answering"},
    {"scripting", "seeding", "controller", "sleeping"},
    {"server"},
    {"activation", "blocking", "report", "decorators", "classes", "mock"},
    {"", "pytest_plugin", "__main__"},
]
PLACES = {name: number for number, row in enumerate(LAYERS) for name in row}


def module_name(path):
    """Return a file's name inside the package: ``resources.apps``, ``resources``, or "" for the package itself."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}


def statements(body):
    """Yield what runs when a module is imported: not functions, and not what only type checkers read."""
    for node in body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from statements(node.orelse)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
            for field in ("body", "orelse", "finalbody"):
                yield from statements(getattr(node, field, []))


def imported(name):
    """Return the modules, in full, that a module of the package imports when it is imported."""
    path = MODULES[name]
    package = ["amplify_mock", *name.split(".")] if name else ["amplify_mock"]
    if path.name != "__init__.py":
        package.pop()
    found = set()
    for node in statements(ast.parse(path.read_text("utf-8")).body):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                inner = f"{source}.{alias.name}".removeprefix("amplify_mock.")
                found.add(f"amplify_mock.{inner}" if inner in MODULES else source)
    return found


def imported_inside(name):
    """Return the modules of the package that a module imports, by their names inside it."""
    ours = [each for each in imported(name) if each.partition(".")[0] == "amplify_mock"]
    return {each.removeprefix("amplify_mock").removeprefix(".") for each in ours}


def place(name):
    return PLACES[name.partition(".")[0]]


def test_every_module_has_a_place():
    assert {name.partition(".")[0] for name in MODULES} == set(PLACES)


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_one_way(name):
    assert [each for each in imported_inside(name) if place(each) > place(name)] == []


def test_there_are_no_circles():
    left = {name: imported_inside(name) for name in MODULES}
    # Take away what imports nothing that is left, again and again: what remains is a circle.
    while leaves := [name for name, needs in left.items() if not needs & left.keys()]:
        for name in leaves:
            del left[name]
    assert left == {}


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("resources")])
def test_resources_know_neither_botocore_nor_http(name):
    forbidden = {"botocore", "boto3", "http", "urllib3", "requests", "httpx", "wrapt"}
    assert not {each.partition(".")[0] for each in imported(name)} & forbidden
    assert {place(each) for each in imported_inside(name)} <= {0, 1}


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("service")])
def test_the_service_layer_knows_no_resource(name):
    # It would serve any rest-json service.
    assert {each.partition(".")[0] for each in imported_inside(name)} <= {"clock", "exceptions", "service"}


@pytest.mark.parametrize("name", MODULES)
def test_only_the_clock_reads_time(name):
    text = MODULES[name].read_text("utf-8")
    calls = ["time.time(", ".now(", "utcnow(", ".today(", "monotonic("]
    own = [".clock.now(", "_clock.now(", "clock.now("]
    for each in own:
        text = text.replace(each, "")
    if name != "clock":
        assert [call for call in calls if call in text] == []


@pytest.mark.parametrize("folder", [ROOT, Path(__file__).parent], ids=["package", "tests"])
def test_no_file_is_too_long(folder):
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in folder.rglob("*.py")}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_the_parents_among_the_resources_import_the_children():
    line = ["backend", "apps", "branches", "jobs", "deployments", "ids"]
    for number, name in enumerate(line):
        parents = {f"resources.{each}" for each in line[:number]}
        assert not imported_inside(f"resources.{name}") & parents


# What the package offers


def test_all_is_what_the_package_offers():
    offered = set(amplify_mock.__all__)
    assert {"mock_amplify", "MockAmplify", "AmplifyMock"} <= offered
    assert sorted(offered) == sorted(amplify_mock.__all__)
    for name in offered:
        assert getattr(amplify_mock, name) is not None
    modules = {name.partition(".")[0] for name in MODULES}
    # pytest puts names of its own into what it rewrites, and they are no identifiers.
    public = {name for name in vars(amplify_mock) if name.isidentifier() and not name.startswith("_")}
    assert public - offered - modules <= {"annotations", "TYPE_CHECKING", "Any", "import_module"}
    assert offered <= set(dir(amplify_mock))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="mock_amplfy"):
        _ = amplify_mock.mock_amplfy


def test_a_star_import_gives_what_is_offered():
    names = {}
    exec("from amplify_mock import *", names)
    assert set(amplify_mock.__all__) == names.keys() - {"__builtins__"}


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("code", ["import amplify_mock", "from amplify_mock import mock_amplify; mock_amplify()"])
def test_importing_the_package_imports_nothing_heavy(code):
    heavy = (
        "{'botocore', 'boto3', 'wrapt', 'requests', 'urllib3', 'httpx', 'moto', 'pytest', 'http', 'ssl', 'unittest'}"
    )
    assert run(f"import sys; {code}; print(*{heavy} & set(sys.modules))") == []


def test_decorating_imports_nothing_heavy():
    code = "from amplify_mock import mock_amplify; mock_amplify(lambda: None)"
    assert run(f"import sys; {code}; print(*{{'botocore', 'wrapt', 'boto3'}} & set(sys.modules))") == []


def test_the_plugin_imports_nothing_of_the_mock():
    code = "import sys, amplify_mock.pytest_plugin; print(*[name for name in sys.modules if 'amplify_mock.' in name])"
    assert run(code) == ["amplify_mock.pytest_plugin"]


# The package and the service model

ELSEWHERE = {
    App: {
        "defaultDomain": "follows from the app id",
        "productionBranch": "follows from the branches and their jobs",
    },
    Branch: {
        "activeJobId": "follows from the jobs",
        "customDomains": "follows from the domain associations",
    },
    Job: {
        "jobId": "follows from the number",
        "startTime": "follows from the clock and the plan",
        "status": "follows from the clock and the plan",
        "endTime": "follows from the clock and the plan",
    },
}


@pytest.mark.parametrize(
    ("resource", "shape"), [(App, "App"), (Branch, "Branch"), (Job, "JobSummary")], ids=["App", "Branch", "Job"]
)
def test_fields_are_the_members_of_the_output_shape(resource, shape):
    fields = {field.name for field in dataclasses.fields(resource)}
    members = MODEL.shape_for(shape).members
    missing = {name for name in members if xform_name(name) not in fields}
    assert missing == set(ELSEWHERE[resource]) & set(members)
    assert not {xform_name(name) for name in ELSEWHERE[resource]} & fields


def test_every_error_of_the_model_has_a_class_and_every_class_an_error():
    of_the_model = {shape.name for shape in MODEL.error_shapes}
    classes = {name for name, value in vars(exceptions).items() if isinstance(value, type)}
    assert classes - {"AmplifyError"} == of_the_model
    for name in of_the_model:
        error = getattr(exceptions, name)("text")
        assert isinstance(error, exceptions.AmplifyError)
        assert (error.code, error.message, str(error)) == (name, "text", "text")
        assert name in exceptions.__doc__
