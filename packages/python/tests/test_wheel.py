"""The package as others install it: what is in the wheel, and what its plugin does by itself."""

import re
import subprocess
import sys
import zipfile
from email.parser import BytesParser
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent
UV = ROOT / ".tools" / "bin" / "uv"
README = (PACKAGE / "README.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = (UV, "build", "--quiet", "--offline", "--out-dir", folder, PACKAGE)
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    where = ("--python", sys.executable, "--target", folder)
    subprocess.run((UV, "pip", "install", "--quiet", "--no-deps", *where, wheel), check=True)
    return folder


def test_it_has_the_package_and_nothing_else(wheel: Path) -> None:
    modules = {f"postern_auth/{path.name}" for path in (PACKAGE / "src/postern_auth").glob("*.py")}
    about = "postern_auth-0.1.0.dist-info"
    described = {f"{about}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")}
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        assert names == modules | described | {
            "postern_auth/py.typed",
            f"{about}/licenses/LICENSE",
        }


def test_its_metadata_asks_for_two_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read("postern_auth-0.1.0.dist-info/METADATA")
    metadata = BytesParser().parsebytes(text)
    assert (metadata["Name"], metadata["Requires-Python"]) == ("postern-auth", ">=3.11")
    assert metadata.get_all("Requires-Dist") == [
        "httpx>=0.27,<1",
        "pyjwt[crypto]>=2.10,<3",
        "fastapi>=0.115 ; extra == 'fastapi'",
    ]
    assert metadata["License-Expression"] == "MIT"


def test_the_readme_works_as_it_stands(installed: Path, tmp_path: Path) -> None:
    """Its app and its tests, run with nothing but the wheel and the packages that it asks for."""
    app = next(block for block in BLOCKS if "CurrentUser) ->" in block)
    tests = next(block for block in BLOCKS if "def test_" in block)
    (tmp_path / "app.py").write_text(app)
    (tmp_path / "test_app.py").write_text(f"import postern_auth\n\n\n{tests}{WHERE}")
    done = subprocess.run(
        (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_app.py"),
        cwd=tmp_path,
        env={"PYTHONPATH": f"{installed}:{tmp_path}", "WHERE": str(installed)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert "4 passed" in done.stdout, done.stdout


WHERE = """

def test_the_wheel_is_what_is_tested():
    import os

    assert postern_auth.__file__.startswith(os.environ["WHERE"])
"""
