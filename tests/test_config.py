"""Settings: where they come from, and what a wrong one says."""

import re
from pathlib import Path

import pytest

from indexer import config
from indexer.formats import profiles
from indexer.model import settings
from indexer.model.errors import ConfigError
from tests.conftest import ROOT


def write(folder: Path, text: str) -> Path:
    file = folder / "indexer.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_flags_win_over_environment_over_file_over_defaults(tmp_path: Path) -> None:
    file = write(tmp_path, 'target = "embedded:file"\n[load]\nworkers = 3\nconnections = 4\n')
    environ = {"INDEXER_TARGET": "embedded:environment", "INDEXER_WORKERS": "5"}
    found = config.load(file, flags={"target": "embedded:flag", "load.workers": None}, environ=environ)
    assert found.settings.target == "embedded:flag"
    assert found.settings.load.workers == 5
    assert found.settings.load.connections == 4
    assert found.settings.load.batch_documents == 500
    origins = {key: origin for key, _, origin in found.rows()}
    assert origins["target"] == "--target"
    assert origins["load.workers"] == "INDEXER_WORKERS"
    assert origins["load.connections"] == str(file)
    assert origins["load.batch_documents"] == "default"


@pytest.mark.parametrize(
    ("text", "message", "advice"),
    [
        ("targt = 'embedded:x'", "targt is not a known key", "Did you mean target?"),
        ("[load]\nworker = 2", "load.worker is not a known key", "Did you mean load.workers?"),
        ("[[source]]\nname = 'a'\npath = ['x']", "source.path is not a known key", "source.paths"),
        ("[load]\nworkers = 0", "load.workers", ""),
        (
            "[[source]]\nname = 'a'\npaths = ['x']\nprofile = 'ojs'\nconstants = { colection = 'x' }",
            "source.a.constants.colection: the schema has no such field",
            "'collection'",
        ),
        ("[[source]]\nname = 'a'\npaths = ['x']\nprofile = 'marcc'", "no profile 'marcc'", "'marc'"),
        ("[[source]]\nname = 'a'\npaths = ['x']\nmapping = 'm.py'", "source.a.mapping: changes a profile", "profile ="),
        ("[[source]]\nname = 'a'\npaths = ['x']\nprofile = 'marc'\nmapping = 3", "source.a.mapping", ""),
        ("[[source]]\nname = 'a'\npaths = ['x']\nprofile = 'marc'\nmapping = 'm.py'", "m.py: cannot be read", ""),
        ("[[source]]\nname = 'a'\npaths = ['x']\n[[source]]\nname = 'a'\npaths = ['y']", "named 'a'", ""),
        ("[[source]]\nname = 'a'", "source.a has no paths", "oai = {"),
        ("[[source]]\nname = 'a'\npaths = []", "source.a.paths is an empty list", ""),
        ("[[source]]\nname = 'a'\npaths = ['x']\noai = { url = 'http://h/oai' }", "source.a has both", "two sources"),
        ("[[source]]\nname = 'a'\noai = { url = 'http://h/oai' }\nmove_processed = true", "is not moved", "Take"),
        ("[[source]]\nname = 'a'\noai = { url = 'ftp://h/oai' }", "source.a.oai.url is not a URL", "https://"),
        ("[[source]]\nname = 'a'\noai = { url = 'http://h:x/oai' }", "source.a.oai.url is not a URL", "https://"),
        ("[[source]]\nname = 'a'\noai = { url = 'http://me:pw@h/oai' }", "has a user in it", "INDEXER_SOURCE_USERNAME"),
        ("[[source]]\nname = 'a'\noai = { url = 'http://h/oai', form = '2020-01-01' }", "source.oai.form", "oai.from?"),
        (
            "[[source]]\nname = 'a'\noai = { url = 'http://h/oai', from = '2020' }",
            "source.a.oai.from is not a date",
            "",
        ),
        ("[[source]]\nname = 'a'\noai = { url = 'http://h/oai', from = 2020-01-01 }", "source.a.oai.from is not a", ""),
        ("[[source]]\nname = 'a'\noai = { metadata_prefix = 'oai_dc' }", "source.a.oai.url is missing", ""),
        ("target = ", "is not TOML", ""),
    ],
)
def test_a_wrong_file_names_the_key_and_the_nearest(tmp_path: Path, text: str, message: str, advice: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load(write(tmp_path, text), environ={})
    assert message in caught.value.message
    assert str(tmp_path) in caught.value.message
    assert advice in caught.value.advice


def test_mappings_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "local.py").write_text("from indexer.formats.marc.rules import remove\nremove('title_sort')\n")
    file = write(
        tmp_path,
        "[profile.mine]\nbase = 'marc'\nmapping = 'local.py'\n"
        "[[source]]\nname = 'a'\npaths = ['x']\nprofile = 'mine'\nconstants = { building = ['Main'] }\n"
        "[[source]]\nname = 'b'\npaths = ['y']\nprofile = 'marc'\nmapping = 'local.py'\n",
    )
    settings = config.load(file, environ={}).settings
    assert settings.profile["mine"]["mapping"] == str(tmp_path / "local.py")
    assert [source.mapping for source in settings.source] == [None, str(tmp_path / "local.py")]
    assert settings.source[0].constants == {"building": ["Main"]}


def test_a_missing_file_that_was_named_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        config.load(tmp_path / "none.toml", environ={})


def test_a_mistyped_environment_variable_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match="INDEXER_PASWORD"):
        config.load(environ={"INDEXER_PASWORD": "x"})


def test_secrets_never_appear_in_rows_or_representations(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        "target = 'solr+http://bob:s3cr3t@host:8983/solr/biblio'\n"
        "[credentials]\nusername = 'amy'\npassword = 'pa55word'\n",
    )
    found = config.load(file, environ={})
    shown = f"{found.rows()} {found} {found.target()!r} {found.target()}"
    assert "s3cr3t" not in str(found.rows())
    assert "s3cr3t" not in str(found.target())
    assert "s3cr3t" not in repr(found.target())
    assert "pa55word" not in shown
    assert found.target().credentials.password == "s3cr3t"
    assert found.target().credentials.username == "bob"


def test_the_documentation_names_every_setting() -> None:
    text = (ROOT / "docs/configure.md").read_text(encoding="utf-8")
    models: list[type[settings.Table]] = [settings.Settings, settings.CredentialSettings, settings.LogSettings]
    models += [settings.LoadSettings, settings.BudgetSettings, settings.SourceSettings, settings.ScheduleSettings]
    models += [settings.VerifySettings, settings.RebuildSettings, settings.MetricsSettings, settings.DeleteSettings]
    models += [settings.NotifySettings, settings.ClusterSettings]
    names = {name for model in models for name in model.model_fields}
    names |= {*config.ENVIRONMENT, *profiles.KEYS}
    for profile in profiles.bundled().values():
        names |= {profile.name, *profile.options}
        for name, value in profile.constants.items():
            shown = value if isinstance(value, str) else ", ".join(value)
            assert f"| {shown} |" in text, f"{profile.name}: constant {name}"
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", text)] == []
