"""Imports: down the floors, never through another app's doors, at the top of the file."""

import ast
import subprocess
import sys

import pytest

from tests.architecture.sources import APPS, ROOT, app_of, files, imported, tree

# What belongs to an app alone. Other apps call its actions, queries, access and generic parts.
DOORS = {"views", "forms", "filters", "api", "urls", "admin", "receivers", "tasks"}
# What core has of these is made to be shared. (The composition root puts the doors together.)
OPEN_HOUSES = {"core"}
# Exceptions, each with its reason.
SHARED = {
    "tickets.filters": "the query object of every list: pages, exports and API read one alike",
    "tickets.urls": "the kernel's addresses, taken into the namespace of the pages about records",
    "accounts.forms.TokenForm": "a token asks the same, for oneself and for a machine account",
}


def test_import_linter_finds_nothing():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def _is_shared(name: str) -> bool:
    return any(name == shared or name.startswith(f"{shared}.") for shared in SHARED)


@pytest.mark.parametrize("app", [app for app in APPS if app != "itsm"])
def test_no_app_goes_through_another_apps_doors(app):
    wrong = []
    for path in (path for path in files() if app_of(path) == app):
        for line, name in imported(path):
            owner, *rest = name.split(".")
            foreign = owner in APPS and owner not in {app, *OPEN_HOUSES}
            if foreign and rest[0] in DOORS and not _is_shared(name):
                wrong.append(f"{path.relative_to(ROOT)}:{line} {name}")
    assert wrong == []


def test_no_exception_is_left_over():
    used = {name for path in files() for _line, name in imported(path)}
    includes = " ".join(path.read_text(encoding="utf-8") for path in files())
    left = {
        shared
        for shared in SHARED
        if f'"{shared}"' not in includes and not any(name.startswith(shared) for name in used)
    }
    assert left == set()


def _inside_functions(module: ast.Module):
    for function in ast.walk(module):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield node


def test_an_import_inside_a_function_says_why():
    silent = []
    for path in files():
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in _inside_functions(tree(path)):
            line = lines[node.lineno - 1]
            if " - " not in line.partition("PLC0415")[2]:
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert sorted(set(silent)) == []


def test_nothing_hangs_on_model_signals():
    """Saving a child row sends no signal for its record: nothing may depend on them."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in files()
        for line, name in imported(path)
        if name.startswith(("django.db.models.signals", "django.db.models.signal"))
    ]
    assert wrong == []
