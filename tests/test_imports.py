"""The table of rooms: what each may import. Read from the source, so that an import inside a function counts too."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "relu_anim"
STANDARD = set(__import__("sys").stdlib_module_names)

# room → other packages, and other rooms
ROOMS = {
    "errors": ("", ""),
    "names": ("", ""),
    "kernels": ("", ""),
    "paths": ("", "errors"),
    "surroundings": ("", ""),
    "spelling": ("", ""),
    "expressions": ("numpy", "spelling"),
    "activations": ("numpy", "expressions"),
    "targets": ("numpy", "errors expressions spelling"),
    "config": (
        "fontTools numpy pydantic pydantic_core yaml",
        "errors expressions activations names spelling targets",
    ),
    "network": ("numpy", "activations"),
    "recording": ("numpy", "errors"),
    "initial": ("numpy", "config network targets"),
    "births": ("numpy", "config initial"),
    "training": ("numpy torch", "activations config errors initial network recording targets"),
    "metrics": ("numpy", "config network recording targets"),
    "survey": ("numpy", "config network recording"),
    "drawing": ("numpy matplotlib", "recording"),
    "figures": ("numpy matplotlib", "activations config drawing expressions panels targets"),
    "panels": (
        "numpy matplotlib contourpy",
        "activations config drawing expressions metrics network recording targets",
    ),
    "film": ("numpy matplotlib", "config drawing figures network panels recording survey targets"),
    "encoders": ("numpy av PIL imageio", "errors paths"),
    "making.kept": ("", "errors kernels"),
    "making.locks": ("", ""),
    "making.orders": ("", "making names"),
    "making.results": ("", "errors making names"),
    "making.depfile": ("", "errors names"),
    "making.claims": ("", "errors making names paths"),
    "making": (
        "numpy dask distributed",
        "births config encoders errors film initial kernels metrics names network paths recording surroundings survey "
        "training",
    ),
    "cli": (
        "typer rich",
        "activations config encoders errors expressions making names paths surroundings survey targets",
    ),
    "__main__": ("", "cli kernels"),
    "__init__": ("", ""),
}


def room_of(path):
    """The top folder or file, or a file inside of it that has a line of its own in the table."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts) if ".".join(parts) in ROOMS else parts[0]


def imported(path):
    """Every module that a file imports, dotted, wherever in the file it does."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


SOURCES = sorted(PACKAGE.rglob("*.py"))


def test_every_room_stands_in_the_table():
    assert {room_of(path) for path in SOURCES} == set(ROOMS)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_the_table_allows(path):
    packages, rooms = (set(names.split()) for names in ROOMS[room_of(path)])
    for module in imported(path):
        top, *rest = module.split(".")
        if top == "relu_anim":
            assert rest[0] in rooms | {room_of(path), "__version__"}, f"{path.name} imports {module}"
        else:
            assert top in packages | STANDARD | {"__future__"}, f"{path.name} imports {module}"


def test_only_training_imports_torch():
    rooms = {room_of(path) for path in SOURCES for module in imported(path) if module.split(".")[0] == "torch"}
    assert rooms == {"training"}


def test_pyplot_is_imported_nowhere():
    assert not [path for path in SOURCES for module in imported(path) if "pyplot" in module]


def test_nothing_is_printed_outside_the_command_line():
    for path in SOURCES:
        if room_of(path) == "cli":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            assert getattr(node, "id", "") != "print", f"{path}:{node.lineno}"


@pytest.mark.parametrize("name", ["eval", "exec", "compile", "pickle", "marshal", "shelve"])
def test_nothing_that_could_run_a_config_is_used(name):
    for path in SOURCES:
        used = {getattr(node, "id", "") for node in ast.walk(ast.parse(path.read_text()))}
        assert name not in used | {module.split(".")[0] for module in imported(path)}, path
