"""The project's own modules and what each imports, read from source without importing anything."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("etl", "queries", "flows", "dashboard")


@dataclass(frozen=True)
class Import:
    """One import: what is imported, on which line, and whether it runs when the module is imported."""

    target: str
    line: int
    at_import: bool


@dataclass(frozen=True)
class Module:
    """One module, its first line of documentation and its imports."""

    name: str
    path: Path
    first_line: str
    imports: tuple[Import, ...]

    def imports_of(self, package: str) -> tuple[Import, ...]:
        """The imports of that package or anything in it."""
        return tuple(one for one in self.imports if within(one.target, package))


def within(name: str, package: str) -> bool:
    """Whether a dotted name is that package or lies in it."""
    return name == package or name.startswith(package + ".")


def tracked_files(*patterns: str) -> tuple[Path, ...]:
    """The repository's files: what git tracks, and what it would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(ROOT / name for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file())


@cache
def modules() -> dict[str, Module]:
    """Every module of the four packages by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = path
    return {name: _read(name, path, frozenset(found)) for name, path in found.items()}


def _read(name: str, path: Path, known: frozenset[str]) -> Module:
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    first_line = (ast.get_docstring(tree) or "").partition("\n")[0]
    return Module(name, path, first_line, tuple(_imports(tree, known, at_import=True)))


def _imports(node: ast.AST, known: frozenset[str], at_import: bool) -> list[Import]:
    found: list[Import] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            found += [Import(alias.name, child.lineno, at_import) for alias in child.names]
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"relative import on line {child.lineno}: write the whole name"
            module = child.module or ""
            for alias in child.names:
                inner = f"{module}.{alias.name}"
                found.append(Import(inner if inner in known else module, child.lineno, at_import))
        elif isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            found += _imports(ast.Module(child.body, []), known, at_import=False)
            found += _imports(ast.Module(child.orelse, []), known, at_import)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            found += _imports(child, known, at_import and not inside)
    return found
