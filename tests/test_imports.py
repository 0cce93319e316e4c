"""The table of rooms: what each may import. Read from the source, so that an import inside a function counts too."""

import ast
from functools import cache
from pathlib import Path

import pytest

from relu_anim.facts import PANELS

PACKAGE = Path(__file__).parent.parent / "relu_anim"
STANDARD = set(__import__("sys").stdlib_module_names)

# room → other packages, and other rooms
ROOMS = {
    "errors": ("", ""),
    "aliases": ("numpy", ""),
    "plurals": ("", ""),
    "numbers": ("", ""),
    "facts": ("", ""),
    "words": ("", "facts"),
    "fonts": ("fontTools", "errors"),
    "kernels": ("", ""),
    "paths": ("", "errors"),
    "surroundings": ("", ""),
    "spelling": ("", ""),
    "themes": ("numpy", ""),
    "expressions": ("numpy", "spelling"),
    "activations": ("numpy", "expressions"),
    "targets": ("numpy", "errors expressions spelling"),
    "config": (
        "numpy PIL pydantic pydantic_core yaml",
        "activations errors expressions facts fonts recording spelling targets themes words",
    ),
    "network": ("numpy", "activations errors"),
    "recording": ("numpy pandas", "activations encoders errors network paths"),
    "initial": ("numpy", "config network targets"),
    "training": ("numpy torch", "activations config errors facts initial network recording targets"),
    "metrics": ("numpy", "config network recording targets"),
    "survey": ("numpy", "config network recording"),
    "drawing.shapes": ("numpy", ""),
    "drawing": ("numpy matplotlib", "errors fonts recording targets themes words"),
    "figures": ("numpy matplotlib", "activations config drawing expressions facts films initial targets words"),
    "panels": (
        "numpy matplotlib contourpy",
        "activations config drawing expressions facts metrics network recording targets words",
    ),
    "films": (
        "numpy matplotlib",
        "activations config drawing encoders errors facts metrics network panels recording survey targets words",
    ),
    "encoders": ("numpy av PIL imageio contourpy", "drawing.shapes errors facts fonts pages paths"),
    "pages": ("jinja2", ""),
    "making.kept": ("", "errors kernels"),
    "making.locks": ("", ""),
    "making.orders": ("", "making facts"),
    "making.results": ("", "errors making facts"),
    "making.depfile": ("", "errors facts"),
    "making.claims": ("", "errors making facts paths"),
    "making": (
        "numpy dask distributed",
        "config encoders errors facts figures films initial kernels metrics network paths recording spelling "
        "surroundings survey training",
    ),
    "gallery": ("imageio", "config encoders errors facts making pages"),
    "cli": (
        "typer rich watchfiles",
        "activations config encoders errors expressions facts gallery interface making pages paths spelling "
        "surroundings survey targets words",
    ),
    "interface.calls": ("", "config interface kernels recording survey"),
    "interface": (
        "numpy matplotlib rich IPython PIL",
        "activations config drawing errors expressions facts figures films making network pages paths recording "
        "spelling survey targets",
    ),
    "__main__": ("", "cli kernels"),
    "__init__": ("", "config errors interface network recording survey"),
}

EVERYWHERE = {"aliases", "numbers", "plurals"}


def room_of(path):
    """The top folder or file, or a file inside of it that has a line of its own in the table."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts) if ".".join(parts) in ROOMS else parts[0]


@cache
def read(path):
    """Every module that a file imports, dotted, wherever in the file it does, and the line of each bare name."""
    modules, names = [], {}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            modules += (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Name):
            names[node.id] = node.lineno
    return modules, names


def imported(path):
    return read(path)[0]


def used(path):
    return read(path)[1]


SOURCES = sorted(PACKAGE.rglob("*.py"))


def test_every_room_stands_in_the_table():
    assert {room_of(path) for path in SOURCES} == set(ROOMS)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_the_table_allows(path):
    packages, rooms = (set(names.split()) for names in ROOMS[room_of(path)])
    rooms |= EVERYWHERE | {room_of(path), "__version__"}
    for module in imported(path):
        top, *rest = module.split(".")
        if top == "relu_anim":
            assert {rest[0], ".".join(rest[:2])} & rooms, f"{path.name} imports {module}"
        else:
            assert top in packages | STANDARD | {"__future__"}, f"{path.name} imports {module}"


def test_no_panel_imports_another():
    panels = {f"relu_anim.panels.{name}" for name in PANELS}
    assert panels <= {f"relu_anim.panels.{path.stem}" for path in SOURCES if path.parent.name == "panels"}
    others = [path for path in SOURCES if path.parent.name == "panels" and path.name != "__init__.py"]
    for path in others:
        found = {module for module in imported(path) if ".".join(module.split(".")[:3]) in panels}
        assert not found, f"{path.name} imports {found}"


def test_only_training_imports_torch():
    rooms = {room_of(path) for path in SOURCES for module in imported(path) if module.split(".")[0] == "torch"}
    assert rooms == {"training"}


def test_pyplot_is_imported_nowhere():
    assert not [path for path in SOURCES for module in imported(path) if "pyplot" in module]


def test_nothing_is_printed_outside_the_command_line():
    for path in SOURCES:
        if room_of(path) != "cli":
            assert "print" not in used(path), f"{path}:{used(path)['print']}"


@pytest.mark.parametrize("name", ["eval", "exec", "compile", "pickle", "marshal", "shelve"])
def test_nothing_that_could_run_a_config_is_used(name):
    for path in SOURCES:
        assert name not in {*used(path), *(module.split(".")[0] for module in imported(path))}, path


def test_no_two_files_import_each_other():
    names = {path: ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in SOURCES}
    names = {path: name.removesuffix(".__init__") for path, name in names.items()}
    known = set(names.values())

    def file_of(module):
        while module not in known:
            module = module.rpartition(".")[0]
        return module

    own = {
        name: {file_of(module) for module in imported(path) if module.split(".")[0] == "relu_anim"} - {name}
        for path, name in names.items()
    }
    pairs = [(a, b) for a, others in own.items() for b in others if a < b and a in own[b]]
    assert pairs == []


def test_no_test_module_imports_another():
    tests = sorted(Path(__file__).parent.rglob("*.py"))
    assert not [(path.name, module) for path in tests for module in imported(path) if module.startswith("test_")]
